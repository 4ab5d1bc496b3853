"""Cursor values: the position after which a page continues, checked against the sort keys."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from .pages import CursorPosition, InvalidPage, PageRequest

CursorPart: TypeAlias = Callable[[str | int], Any]
"""Parses one value of a cursor; raises InvalidPage for a value of another type."""

_MAX_INTEGER: Final = 2**31 - 1
_MAX_NUMBER: Final = 2**63 - 1


def cursor_of(*values: str | int | datetime | UUID) -> CursorPosition:
    """The position after the item with these sort values; the last value is unique."""
    return tuple(map(_plain, values))


def cursor_values(page: PageRequest, *parts: CursorPart) -> tuple[Any, ...] | None:
    """The values of the page's cursor, one per parser; None for the first page.

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
    """:raises InvalidPage: unless it is a number of 32 bits, such as a rank or a serial."""
    return _bounded(value, _MAX_INTEGER)


def number_in(value: str | int) -> int:
    """:raises InvalidPage: unless it is a number of 64 bits, such as an amount."""
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
