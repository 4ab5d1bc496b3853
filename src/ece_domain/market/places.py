"""Where a page of the market's lists goes on, as stores take it apart."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from ece_domain.cards import place_of
from ece_domain.kernel import InvalidPage, PageRequest


@frozen
class SalePlace:
    """The last sale of the page before."""

    sold_at: datetime
    sale_id: UUID

    @classmethod
    def of(cls, page: PageRequest) -> "SalePlace | None":
        """:raises InvalidPage: if the page continues another list."""
        match page.after and place_of(page.after, str):
            case (str(moment), UUID() as sale_id):
                return cls(_moment(moment), sale_id)
        return None


@frozen
class PricePlace:
    """The last listing of the page before, and the moment whose prices the list is sorted by."""

    at: datetime
    price: int
    listing_id: UUID

    @classmethod
    def of(cls, page: PageRequest) -> "PricePlace | None":
        """:raises InvalidPage: if the page continues another list."""
        match page.after and place_of(page.after, str, int):
            case (str(moment), int(price), UUID() as listing_id):
                return cls(_moment(moment), price, listing_id)
        return None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidPage from None
    if moment.tzinfo is None:
        raise InvalidPage
    return moment
