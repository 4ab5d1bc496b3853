"""How similar two words are, counted in the way of PostgreSQL's pg_trgm."""

from functools import lru_cache

ENOUGH = 0.3
"""Words at least this similar may be meant for each other: pg_trgm's own threshold."""


def similarity(one: str, other: str) -> float:
    """The share of three-letter groups that both words have, of those that either has."""
    first, second = _trigrams(one), _trigrams(other)
    return len(first & second) / len(first | second)


@lru_cache(maxsize=65_536)
def _trigrams(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))
