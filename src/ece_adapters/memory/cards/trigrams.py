"""The similarity of two words, computed like pg_trgm of PostgreSQL."""

from functools import lru_cache

ENOUGH = 0.3
"""The least similarity of a typing error: the default threshold of pg_trgm."""


def similarity(one: str, other: str) -> float:
    """The number of common trigrams, divided by the number of all trigrams of both words."""
    first, second = _trigrams(one), _trigrams(other)
    if first.isdisjoint(second):  # as most words are: ten times faster than to count
        return 0.0
    common = len(first & second)
    return common / (len(first) + len(second) - common)


@lru_cache(maxsize=65_536)
def _trigrams(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))
