"""The cursors of lists of listings."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from ece_domain.kernel import (
    CursorPosition,
    PageRequest,
    cursor_of,
    cursor_values,
    id_in,
    number_in,
    timestamp_in,
)

from .views import ListingView


@frozen
class PriceCursor:
    """The last listing of the previous page, and the moment whose prices sort the list."""

    priced_at: datetime
    price: int
    listing_id: UUID

    @classmethod
    def of(cls, page: PageRequest) -> "PriceCursor | None":
        """:raises InvalidPage: if the page continues another list."""
        values = cursor_values(page, timestamp_in, number_in, id_in)
        return None if values is None else cls(*values)

    @staticmethod
    def after(view: ListingView, at: datetime) -> CursorPosition:
        return cursor_of(at, view.price.amount, view.listing.id)
