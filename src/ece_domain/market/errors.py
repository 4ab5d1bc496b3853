"""The errors of the market."""

from datetime import datetime
from uuid import UUID

from attrs import define

from ece_domain.kernel import Conflict, InvalidInput, Money, NotFound

from .listing_state import ListingState


@define(slots=False)
class ListingNotFound(NotFound):
    """The listing does not exist."""

    code = "market.listing-not-found"
    cause = "No listing has the id {listing_id}, or it is not yours to change."

    listing_id: UUID


@define(slots=False)
class ListingNotActive(Conflict):
    """The listing is no longer active."""

    code = "market.listing-not-active"
    cause = "The listing {listing_id} is {state}, and that is final."
    hint = "To buy, search for another copy of the printing. To sell, create a new listing."

    listing_id: UUID
    state: ListingState


@define(slots=False)
class SellerSuspended(Conflict):
    """The seller is suspended."""

    code = "market.seller-suspended"
    cause = "The listing {listing_id} cannot be bought while its seller is suspended."
    hint = "Search for another copy of the printing, or try again later."

    listing_id: UUID


@define(slots=False)
class BuyerIsSeller(Conflict):
    """The buyer is the seller."""

    code = "market.buyer-is-seller"
    cause = "The listing {listing_id} is yours, and nobody can buy a card from themselves."
    hint = "Cancel the listing if you want to keep the card."

    listing_id: UUID


@define(slots=False)
class PriceAboveMax(Conflict):
    """The price is above your maximum."""

    code = "market.price-above-max"
    cause = "The price is now {price}, and your maximum is {max_price}, in minor units."
    hint = "To buy the card at the new price, send a higher maximum."

    price: Money
    max_price: Money


@define(slots=False)
class InvalidPriceDecline(InvalidInput):
    """The price decline is not valid."""

    code = "market.invalid-price-decline"
    cause = "A decline has a floor below the price, a start, and an end after the start."


@define(slots=False)
class InvalidExpiry(InvalidInput):
    """The expiry of the listing is out of bounds."""

    code = "market.invalid-expiry"
    cause = "The expiry must be in the future and no later than {max_expires_at}."

    max_expires_at: datetime
