"""The values of a cursor: where a page goes on, checked against what its list is sorted by."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from .pages import CursorPosition, InvalidPage, PageRequest

CursorPart: TypeAlias = Callable[[str | int], Any]
"""Reads one value of a cursor, and raises InvalidPage where it is none of its kind."""

_MAX_INTEGER: Final = 2**31 - 1
_MAX_NUMBER: Final = 2**63 - 1


def cursor_of(*values: str | int | datetime | UUID) -> CursorPosition:
    """The position after an item with these sort values, the unique one last."""
    return tuple(map(_plain, values))


def cursor_values(page: PageRequest, *parts: CursorPart) -> tuple[Any, ...] | None:
    """The values of the page's cursor, one for each part; None for the first page.

    :raises InvalidPage: if the page continues another list.
    """
    if page.after is None:
        return None
    if len(page.after) != len(parts):
        raise InvalidPage
    return tuple(part(value) for part, value in zip(parts, page.after, strict=True))


def text_in(value: str | int) -> str:
    """:raises InvalidPage: unless it is a text."""
    if not isinstance(value, str):
        raise InvalidPage
    return value


def integer_in(value: str | int) -> int:
    """:raises InvalidPage: unless it is a number of 32 bits, as a rank and a serial are."""
    return _bounded(value, _MAX_INTEGER)


def number_in(value: str | int) -> int:
    """:raises InvalidPage: unless it is a number of 64 bits, as an amount is."""
    return _bounded(value, _MAX_NUMBER)


def timestamp_in(value: str | int) -> datetime:
    """:raises InvalidPage: unless it is a moment with a time zone."""
    try:
        moment = datetime.fromisoformat(text_in(value))
    except ValueError:
        raise InvalidPage from None
    if moment.tzinfo is None:
        raise InvalidPage
    return moment


def id_in(value: str | int) -> UUID:
    """:raises InvalidPage: unless it is an id."""
    try:
        return UUID(text_in(value))
    except ValueError:
        raise InvalidPage from None


def _bounded(value: str | int, highest: int) -> int:
    if type(value) is not int or abs(value) > highest:
        raise InvalidPage
    return value


def _plain(value: str | int | datetime | UUID) -> str | int:
    match value:
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
    return value
