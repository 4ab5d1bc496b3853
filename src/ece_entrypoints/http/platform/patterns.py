"""Patterns of texts: exact in Python, portable in the OpenAPI document."""

from typing import Final

_NO_LINE_BREAK: Final = r"(?!\n)"


def exact(pattern: str) -> str:
    """The pattern for a whole text.

    In Python, unlike in JSON Schema (ECMA-262), ``$`` also matches before a final line break.
    """
    return f"^{pattern}${_NO_LINE_BREAK}"


def portable(pattern: str) -> str:
    """The same pattern for readers in any language: many have no lookahead, and need none here."""
    return pattern.replace(_NO_LINE_BREAK, "")
