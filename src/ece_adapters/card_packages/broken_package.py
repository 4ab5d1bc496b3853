"""What is wrong with a card package, and where."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ece_domain.kernel import DomainError

_MAX_SHOWN: Final = 80


class BrokenPackage(Exception):
    """A card package cannot be read, so nothing of it is used. In one line: where, and why."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def shown(text: str) -> str:
    """Text of a package as it may appear in a message: short, and harmless to a terminal."""
    if len(text) > _MAX_SHOWN:
        text = f"{text[:_MAX_SHOWN]}..."
    return text if text.isprintable() else "".join(map(_harmless, text))


def _harmless(letter: str) -> str:
    return letter if letter.isprintable() else "?"


@contextmanager
def broken_at(where: str) -> Iterator[None]:
    """:raises BrokenPackage: naming the place, when the domain refuses what stands there."""
    try:
        yield
    except DomainError as refusal:
        raise BrokenPackage(where, str(refusal)) from refusal
