"""A card that changed hands for money."""

from datetime import datetime
from typing import NewType
from uuid import UUID

from attrs import frozen

from ece_domain.cards import CardId, ConditionKey, PrintingId
from ece_domain.identity import OPERATORS, Actor, UserId
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

from .events import CardSold
from .origin import SaleOrigin
from .sale_receipt import SaleReceipt

SaleId = NewType("SaleId", UUID)


@frozen(kw_only=True)
class Sale:
    """A sale: the card, both sides and the receipt. Its settlement has the same id."""

    id: SaleId
    origin: SaleOrigin
    card_id: CardId
    printing_id: PrintingId
    condition: ConditionKey
    seller_id: UserId
    buyer_id: UserId
    receipt: SaleReceipt
    sold_at: datetime

    @property
    def price(self) -> Money:
        return self.receipt.price

    def receipt_for(self, actor: Actor) -> SaleReceipt | None:
        """The receipt, for the seller and for operators: it tells what the seller sold before."""
        return self.receipt if actor.role in OPERATORS or actor.id == self.seller_id else None

    @property
    def sold(self) -> CardSold:
        """The event of the sale."""
        return CardSold(
            occurred_at=self.sold_at,
            sale_id=self.id,
            origin=self.origin,
            card_id=self.card_id,
            printing_id=self.printing_id,
            seller_id=self.seller_id,
            buyer_id=self.buyer_id,
            price=self.price,
        )

    def settlement(self, hold: Hold, *, purpose: str) -> Settlement:
        """The moves of the settlement: the capture of the hold on the card, and the payments."""
        card = CaptureHold(hold, MoveCard(self.card_id, self.seller_id, self.buyer_id))
        return Settlement(SettlementId(self.id), purpose, (card, *self._payments()))

    def _payments(self) -> list[MoveMoney]:
        asset = self.price.asset
        buyer = Account.of_user(self.buyer_id, asset)
        shares = [
            (Account.of_user(self.seller_id, asset), self.receipt.proceeds),
            (Account.of_platform(PlatformRole.COMMISSION, asset), self.receipt.commission),
            (Account.of_user(self.receipt.royalty.creator_id, asset), self.receipt.royalty_paid),
        ]
        # A buyer who created the card set pays no royalty: a move needs two different accounts.
        return [
            MoveMoney(buyer, destination, share)
            for destination, share in shares
            if share.amount and destination != buyer
        ]
