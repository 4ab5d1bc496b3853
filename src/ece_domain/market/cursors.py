"""Where a page of listings by price goes on."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from ece_domain.kernel import CursorPosition, InvalidPage, PageRequest, id_in, timestamp_in

from .views import ListingView


@frozen
class PriceCursor:
    """The last listing of the page before, and the moment whose prices the list is sorted by."""

    priced_at: datetime
    price: int
    listing_id: UUID

    @classmethod
    def of(cls, page: PageRequest) -> "PriceCursor | None":
        """:raises InvalidPage: if the page continues another list."""
        match page.after:
            case None:
                return None
            case (str(moment), int(price), str(listing_id)):
                return cls(timestamp_in(moment), price, id_in(listing_id))
        raise InvalidPage

    @staticmethod
    def after(view: ListingView, at: datetime) -> CursorPosition:
        return (at.isoformat(), view.price.amount, str(view.listing.id))
