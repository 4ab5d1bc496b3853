"""Normalization of texts for sorting and search: no case, accents or punctuation."""

import re
import unicodedata
from itertools import filterfalse

MAX_WORD_LENGTH = 40

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"[0-9]+")


def name_key(text: str) -> str:
    """The sort key of a name: its letters without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filterfalse(unicodedata.combining, decomposed))


def number_key(text: str) -> str:
    """The sort key of a number: like a name, with 2 before 10."""
    return _DIGITS.sub(lambda digits: digits[0].zfill(8), name_key(text))


def words_of(*texts: str) -> tuple[str, ...]:
    """The distinct normalized words of the texts, sorted."""
    found = {word[:MAX_WORD_LENGTH] for text in texts for word in _WORD.findall(name_key(text))}
    return tuple(sorted(found))
