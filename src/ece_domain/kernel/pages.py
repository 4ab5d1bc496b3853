"""Pages of lists by keyset, not offset, so that no item is skipped or repeated by changes."""

from typing import Generic, TypeAlias, TypeVar

from attrs import define, frozen

from .errors import InvalidInput

MAX_PAGE = 100

CursorPosition: TypeAlias = tuple[str | int, ...]
"""The end of a page: the sort values of its last item, the unique id last."""

Item = TypeVar("Item")


@define(slots=False)
class InvalidPage(InvalidInput):
    """The page is not valid."""

    code = "kernel.invalid-page"
    cause = "A page has 1 to 100 items, and its cursor comes from an earlier page of the same list."
    hint = "Use a limit from 1 to 100, or start again without a cursor."


@frozen
class PageRequest:
    """The size and the start of a page; :raises InvalidPage: unless 1 to 100 items."""

    limit: int = 25
    after: CursorPosition | None = None

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_PAGE:
            raise InvalidPage


@frozen
class Page(Generic[Item]):
    """A part of a list. ``next`` is the position of the following page, or None at the end."""

    items: tuple[Item, ...]
    next: CursorPosition | None = None
