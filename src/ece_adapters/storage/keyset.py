"""Keyset pages of lists in descending order of one unique number or id."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from uuid import UUID

from ece_domain.kernel import Page, PageRequest, cursor_of, cursor_values, id_in, number_in

Row = TypeVar("Row")
Item = TypeVar("Item")

_ABOVE_ALL_NUMBERS: Final = 2**63 - 1
_ABOVE_ALL_IDS: Final = UUID(int=2**128 - 1)


def below_number(page: PageRequest) -> int:
    """The page has rows below this number; :raises InvalidPage: for a page of another list."""
    values = cursor_values(page, number_in)
    return _ABOVE_ALL_NUMBERS if values is None else values[0]


def below_id(page: PageRequest) -> UUID:
    """The page has rows below this id; :raises InvalidPage: for a page of another list."""
    values = cursor_values(page, id_in)
    return _ABOVE_ALL_IDS if values is None else values[0]


def cut(
    rows: Sequence[Row],
    page: PageRequest,
    position: Callable[[Row], int | UUID],
    item: Callable[[Row], Item],
) -> Page[Item]:
    """A page, from its rows and the row after them, if there is one."""
    own = rows[: page.limit]
    following = cursor_of(position(own[-1])) if len(rows) > len(own) else None
    return Page(tuple(map(item, own)), following)
