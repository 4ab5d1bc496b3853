"""Filters and results of the queries of the market."""

from enum import StrEnum

from attrs import frozen

from ece_domain.cards import PrintingFilter, PrintingId, PrintingView
from ece_domain.identity import UserId
from ece_domain.kernel import ALL_TIME, USD, Asset, Money, TimeRange

from .listing import Listing
from .listing_state import ListingState


@frozen
class ListingView:
    """A listing with its printing, current price and state; an unrecorded expiry counts."""

    listing: Listing
    serial: int
    printing: PrintingView
    price: Money
    state: ListingState


class ListingSort(StrEnum):
    """The sort order of listings; the two orders by price are exact opposites."""

    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"


@frozen(kw_only=True)
class ListingFilter(PrintingFilter):
    """A filter for active listings, with a filter for their printings.

    All listings are in one asset, as prices of different assets cannot be compared.
    """

    asset: Asset = USD
    printing_id: PrintingId | None = None
    seller_id: UserId | None = None
    listed: TimeRange = ALL_TIME
    price_min: int | None = None
    """The lowest current price, in minor units of the asset."""
    price_max: int | None = None
    """The highest current price, in minor units of the asset."""
