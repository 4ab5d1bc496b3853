"""Rarities and finishes: data of a card set, in an order of its own."""

from collections.abc import Sequence

from attrs import field, frozen

from .errors import InvalidTraits, TraitFixed
from .text_rules import line

MOST_TRAITS = 100
HIGHEST_RANK = 10_000


@frozen
class Trait:
    """A code, unique in its set, with a label for people and a place in the order.

    :raises InvalidTraits: unless the rank is between 0 and 10,000.
    """

    code: str = field(validator=line(40))
    label: str = field(validator=line(80))
    rank: int

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.rank <= HIGHEST_RANK:
            raise InvalidTraits


@frozen
class Rarity(Trait):
    """How scarce a printing is; the higher the rank, the scarcer."""


@frozen
class Finish(Trait):
    """How a printing's surface is made, such as plain or foil."""


def check_traits(traits: Sequence[Trait]) -> None:
    """:raises InvalidTraits: unless there are 1 to 100, with distinct codes and distinct ranks."""
    codes = {trait.code for trait in traits}
    ranks = {trait.rank for trait in traits}
    if not 1 <= len(traits) <= MOST_TRAITS or not len(codes) == len(ranks) == len(traits):
        raise InvalidTraits


def check_kept(before: Sequence[Trait], after: Sequence[Trait]) -> None:
    """:raises TraitFixed: if one of before is missing, or has another rank.

    Printings refer to traits and are sorted by their ranks, so both stay as they were declared.
    """
    ranks = {trait.code: trait.rank for trait in after}
    for trait in before:
        if ranks.get(trait.code) != trait.rank:
            raise TraitFixed(given=trait.code)
