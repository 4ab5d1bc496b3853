"""Errors of a card package, with the place in the package."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ece_domain.kernel import DomainError

_MAX_SHOWN: Final = 80


class BrokenPackage(Exception):
    """A card package cannot be read, so nothing is imported. The text says where and why."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def shown(text: str) -> str:
    """Text of a package for a message: shortened, without control characters."""
    if len(text) > _MAX_SHOWN:
        text = f"{text[:_MAX_SHOWN]}..."
    return text if text.isprintable() else "".join(map(_harmless, text))


def _harmless(letter: str) -> str:
    return letter if letter.isprintable() else "?"


@contextmanager
def broken_at(where: str) -> Iterator[None]:
    """:raises BrokenPackage: with the place, if the domain refuses the value there."""
    try:
        yield
    except DomainError as refusal:
        raise BrokenPackage(where, str(refusal)) from refusal
