"""What the market refuses."""

from datetime import datetime
from uuid import UUID

from attrs import define

from ece_domain.kernel import Conflict, InvalidInput, NotFound

from .listing_state import ListingState


@define(slots=False)
class ListingNotFound(NotFound):
    """There is no such listing, or it is not yours to change."""

    code = "market.listing-not-found"
    listing_id: UUID


@define(slots=False)
class ListingNotActive(Conflict):
    """The listing was sold, cancelled or has expired."""

    code = "market.listing-not-active"
    listing_id: UUID
    state: ListingState


@define(slots=False)
class OwnListing(Conflict):
    """Your own listing is not for you to buy."""

    code = "market.own-listing"
    listing_id: UUID


@define(slots=False)
class PriceChanged(Conflict):
    """The price is now above the most that you would pay."""

    code = "market.price-changed"
    asset: str
    price: int
    most: int


@define(slots=False)
class InvalidDecline(InvalidInput):
    """A price declines to a floor below it, from a start to a later end."""

    code = "market.invalid-decline"


@define(slots=False)
class InvalidExpiry(InvalidInput):
    """A listing expires in the future, within a year."""

    code = "market.invalid-expiry"
    latest: datetime
