"""Where a page begins and ends, for lists in descending order of one unique number or id."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from uuid import UUID

from ece_domain.kernel import InvalidPage, Page, PageRequest

Row = TypeVar("Row")
Item = TypeVar("Item")

_ABOVE_ALL_NUMBERS: Final = 2**63 - 1
_ABOVE_ALL_IDS: Final = UUID(int=2**128 - 1)


def below_number(page: PageRequest) -> int:
    """The page has what is below this number; :raises InvalidPage: if it continues no such list."""
    match page.after:
        case None:
            return _ABOVE_ALL_NUMBERS
        case (int(number),):
            return number
    raise InvalidPage


def below_id(page: PageRequest) -> UUID:
    """The page has what is below this id; :raises InvalidPage: if it continues no such list."""
    match page.after:
        case None:
            return _ABOVE_ALL_IDS
        case (str(text),):
            try:
                return UUID(text)
            except ValueError:
                raise InvalidPage from None
    raise InvalidPage


def cut(
    rows: Sequence[Row],
    page: PageRequest,
    position: Callable[[Row], str | int],
    item: Callable[[Row], Item],
) -> Page[Item]:
    """A page out of its rows and, if there are more, the one after them."""
    own = rows[: page.limit]
    following = (position(own[-1]),) if len(rows) > len(own) else None
    return Page(tuple(map(item, own)), following)
