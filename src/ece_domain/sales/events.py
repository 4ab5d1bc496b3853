from uuid import UUID

from attrs import frozen

from ece_domain.kernel import Event, Money

from .origin import SaleOrigin


@frozen(kw_only=True)
class CardSold(Event):
    """A card was sold. The origin of the sale, such as a listing, has ended with it."""

    kind = "sales.card-sold"
    subject = "sale_id"

    sale_id: UUID
    origin: SaleOrigin
    card_id: UUID
    printing_id: UUID
    seller_id: UUID
    buyer_id: UUID
    price: Money
