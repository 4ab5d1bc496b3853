"""Random numbers that are the same on every platform and in every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, TypeVar, final

Item = TypeVar("Item")

_WORD: Final = (1 << 64) - 1


@final
class Chance:
    """A SplitMix64 stream.

    The standard library guarantees stable output for `random.random` only, not for choosing and
    shuffling, and an upgrade of Python must not change the drawings.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._state = int.from_bytes(sha256(key.encode()).digest()[:8], "big")

    def fork(self, purpose: str) -> Chance:
        """Open an independent stream, so that more draws in one part do not change another part."""
        return Chance(f"{self._key}/{purpose}")

    def below(self, bound: int) -> int:
        return (self._next() * bound) >> 64

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * ((self._next() >> 11) / (1 << 53))

    def happens(self, percent: int) -> bool:
        return self.below(100) < percent

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        deck = list(items)
        for last in range(len(deck) - 1, 0, -1):
            other = self.below(last + 1)
            deck[last], deck[other] = deck[other], deck[last]
        return deck

    def _next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _WORD
        word = self._state
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _WORD
        return word ^ (word >> 31)
