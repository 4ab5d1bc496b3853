from typing import ClassVar
from uuid import UUID

from attrs import frozen

from ece_domain.kernel import Event, Money


@frozen(kw_only=True)
class CardListed(Event):
    kind: ClassVar[str] = "market.card-listed"

    listing_id: UUID
    card_id: UUID
    printing_id: UUID
    seller: UUID
    price: Money


@frozen(kw_only=True)
class ListingRepriced(Event):
    kind: ClassVar[str] = "market.listing-repriced"

    listing_id: UUID
    price: Money


@frozen(kw_only=True)
class ListingCancelled(Event):
    kind: ClassVar[str] = "market.listing-cancelled"

    listing_id: UUID
    card_id: UUID


@frozen(kw_only=True)
class ListingExpired(Event):
    kind: ClassVar[str] = "market.listing-expired"

    listing_id: UUID
    card_id: UUID
