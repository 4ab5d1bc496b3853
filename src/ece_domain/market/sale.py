"""A card that changed hands for money."""

from datetime import datetime
from typing import NewType
from uuid import UUID

from attrs import frozen

from ece_domain.cards import CardId, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Money
from ece_domain.ledger import (
    Account,
    CaptureHold,
    Hold,
    MoveCard,
    MoveMoney,
    PlatformRole,
    Settlement,
    SettlementId,
)

from .receipt import Receipt

SaleId = NewType("SaleId", UUID)


@frozen(kw_only=True)
class Sale:
    """Who sold which card to whom, and where the money went. The settlement has the same id."""

    id: SaleId
    listing_id: UUID
    card_id: CardId
    printing_id: PrintingId
    condition: str
    seller: UserId
    buyer: UserId
    receipt: Receipt
    sold_at: datetime

    @property
    def price(self) -> Money:
        return self.receipt.price

    def settlement(self, hold: Hold) -> Settlement:
        """The moves that carry it out: the card from under the listing's hold, and the money."""
        card = CaptureHold(hold, MoveCard(self.card_id, self.seller, self.buyer))
        return Settlement(SettlementId(self.id), "market.purchase", (card, *self._payments()))

    def _payments(self) -> list[MoveMoney]:
        asset = self.price.asset
        buyer = Account.of_user(self.buyer, asset)
        shares = [
            (Account.of_user(self.seller, asset), self.receipt.proceeds),
            (Account.of_platform(PlatformRole.COMMISSION, asset), self.receipt.commission),
            (Account.of_user(self.receipt.royalty.creator, asset), self.receipt.royalty_paid),
        ]
        # A buyer who created the card set keeps their royalty: nobody moves money to themselves.
        return [
            MoveMoney(buyer, taker, share)
            for taker, share in shares
            if share.amount and taker != buyer
        ]
