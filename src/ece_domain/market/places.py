"""Where a page of the market's lists goes on."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from ece_domain.kernel import InvalidPage, PageRequest, Position

from .sale import Sale
from .views import ListingView


@frozen
class SalePlace:
    """The last sale of the page before."""

    sold_at: datetime
    sale_id: UUID

    @classmethod
    def of(cls, page: PageRequest) -> "SalePlace | None":
        """:raises InvalidPage: if the page continues another list."""
        match page.after:
            case None:
                return None
            case (str(moment), str(sale_id)):
                return cls(_moment(moment), _id(sale_id))
        raise InvalidPage

    @staticmethod
    def after(sale: Sale) -> Position:
        return (sale.sold_at.isoformat(), str(sale.id))


@frozen
class PricePlace:
    """The last listing of the page before, and the moment whose prices the list is sorted by."""

    at: datetime
    price: int
    listing_id: UUID

    @classmethod
    def of(cls, page: PageRequest) -> "PricePlace | None":
        """:raises InvalidPage: if the page continues another list."""
        match page.after:
            case None:
                return None
            case (str(moment), int(price), str(listing_id)):
                return cls(_moment(moment), price, _id(listing_id))
        raise InvalidPage

    @staticmethod
    def after(view: ListingView, at: datetime) -> Position:
        return (at.isoformat(), view.price.amount, str(view.listing.id))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidPage from None
    if moment.tzinfo is None:
        raise InvalidPage
    return moment


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidPage from None
