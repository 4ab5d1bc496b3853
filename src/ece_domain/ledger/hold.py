"""A part of a balance, or one card, on hold for a purpose."""

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from attrs import frozen

from ece_domain.cards import CardId
from ece_domain.identity import UserId

from .account import Account
from .deal import Deal

HoldId = NewType("HoldId", UUID)


class HoldPurpose(StrEnum):
    """What a hold waits for, as its owner reads it. Who may end the hold follows from its deal."""

    LISTING = "listing"
    BID = "bid"
    TRADE = "trade"
    RESERVATION = "reservation"
    PLEDGE = "pledge"
    STAKE = "stake"
    WITHDRAWAL = "withdrawal"


class HoldState(StrEnum):
    """Where a hold stands. All but ``open`` are final: nothing leads out of them."""

    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


@frozen
class HeldMoney:
    """Minor units of a user's account."""

    account: Account
    amount: int


@frozen
class HeldCard:
    """A card, and the owner it had when the hold was placed."""

    card_id: CardId
    owner_id: UserId


@frozen(kw_only=True)
class Hold:
    """A part of a balance, or a card, until it is captured, released, or past its expiry.

    Money can be captured in parts. Only settlements of the context that placed a hold capture,
    release or expire it. A hold that is past its expiry refuses captures at once; what it
    held becomes available when the expiry is recorded.
    """

    id: HoldId
    deal: Deal
    """The context and the deal that placed it."""
    purpose: HoldPurpose
    subject: HeldMoney | HeldCard
    expires_at: datetime | None = None
    state: HoldState = HoldState.OPEN
    captured: int = 0

    @property
    def owner_id(self) -> UserId:
        """Whose money or card is on hold."""
        if isinstance(self.subject, HeldMoney):
            return UserId(UUID(self.subject.account.owner))
        return self.subject.owner_id

    @property
    def remaining(self) -> int:
        """Minor units still held; a card counts as one while its hold is open."""
        if self.state is not HoldState.OPEN:
            return 0
        return self.subject.amount - self.captured if isinstance(self.subject, HeldMoney) else 1

    def is_past_expiry(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
