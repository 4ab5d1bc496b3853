from uuid import UUID

from attrs import frozen

from ece_domain.kernel import Event, Money


@frozen(kw_only=True)
class ListingCreated(Event):
    kind = "market.listing-created"
    subject = "listing_id"

    listing_id: UUID
    card_id: UUID
    printing_id: UUID
    seller_id: UUID
    price: Money


@frozen(kw_only=True)
class ListingPriceChanged(Event):
    kind = "market.listing-price-changed"
    subject = "listing_id"

    listing_id: UUID
    price: Money


@frozen(kw_only=True)
class ListingCancelled(Event):
    kind = "market.listing-cancelled"
    subject = "listing_id"

    listing_id: UUID
    card_id: UUID


@frozen(kw_only=True)
class ListingTakenDown(Event):
    kind = "market.listing-taken-down"
    subject = "listing_id"

    listing_id: UUID
    card_id: UUID
    seller_id: UUID
    taken_down_by_id: UUID
    reason: str


@frozen(kw_only=True)
class ListingExpired(Event):
    kind = "market.listing-expired"
    subject = "listing_id"

    listing_id: UUID
    card_id: UUID
