"""What people read of the market, and how they ask for it."""

from enum import StrEnum

from attrs import frozen

from ece_domain.cards import PrintingFilter, PrintingId, PrintingView
from ece_domain.identity import UserId
from ece_domain.kernel import USD, Asset, Money

from .listing import Listing
from .listing_state import ListingState


@frozen
class ListingView:
    """A listing and its printing, with what it stands at now: an expiry counts unrecorded too."""

    listing: Listing
    serial: int
    printing: PrintingView
    price: Money
    state: ListingState


class ListingSort(StrEnum):
    """How listings are sorted; dearest first is the exact reverse of cheapest first."""

    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"


@frozen(kw_only=True)
class ListingFilter(PrintingFilter):
    """Which active listings to find: of the printings that apply, and with all that is given.

    Prices of two assets do not compare, so a market is browsed in one asset at a time.
    """

    asset: Asset = USD
    printing_id: PrintingId | None = None
    seller_id: UserId | None = None
    price_min: int | None = None
    """The least that the price may be now, in minor units of the asset."""
    price_max: int | None = None
    """The most that the price may be now, in minor units of the asset."""
