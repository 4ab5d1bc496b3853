"""The drawings of Genesis, by the image references of its printings."""

import re
from functools import lru_cache

from attrs import frozen

from ece_domain.cards import Artwork

from .art import draw
from .catalog import GenesisPrinting, printings

_REFERENCE = re.compile(r"genesis:([0-9]{1,9}):([0-9]{1,4})")


def image_reference(seed: int, number: int) -> str:
    """The image reference of a printing that ECE draws."""
    return f"genesis:{seed}:{number}"


@frozen
class GenesisArt:
    """Draws on demand, with a cache of recent drawings."""

    def artwork_of(self, image: str) -> Artwork | None:
        reference = _REFERENCE.fullmatch(image)
        if reference is None:
            return None
        return _drawing(int(reference[1]), int(reference[2]))


@lru_cache(maxsize=512)
def _drawing(seed: int, number: int) -> Artwork | None:
    of_seed = _printings(seed)
    if not 1 <= number <= len(of_seed):
        return None
    return Artwork("image/svg+xml", draw(of_seed[number - 1], seed).encode())


@lru_cache(maxsize=4)
def _printings(seed: int) -> tuple[GenesisPrinting, ...]:
    return printings(seed)
