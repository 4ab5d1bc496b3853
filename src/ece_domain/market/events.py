from uuid import UUID

from attrs import frozen

from ece_domain.kernel import Event, Money


@frozen(kw_only=True)
class CardListed(Event):
    kind = "market.card-listed"
    subject = "listing_id"

    listing_id: UUID
    card_id: UUID
    printing_id: UUID
    seller: UUID
    price: Money


@frozen(kw_only=True)
class ListingRepriced(Event):
    kind = "market.listing-repriced"
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
class ListingExpired(Event):
    kind = "market.listing-expired"
    subject = "listing_id"

    listing_id: UUID
    card_id: UUID
