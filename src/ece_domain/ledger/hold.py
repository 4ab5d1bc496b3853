"""Holds on a part of a balance, or on one card."""

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
    """The purpose of a hold, for its owner. The deal decides who may end the hold."""

    LISTING = "listing"
    BID = "bid"
    TRADE = "trade"
    RESERVATION = "reservation"
    PLEDGE = "pledge"
    STAKE = "stake"
    WITHDRAWAL = "withdrawal"


class HoldState(StrEnum):
    """The state of a hold. All but ``open`` are final."""

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
    """A card, and its owner when the hold was placed."""

    card_id: CardId
    owner_id: UserId


@frozen(kw_only=True)
class Hold:
    """A hold on a part of a balance, or on a card, until it is captured, released or expired.

    Money can be captured in parts. Only settlements of the context that placed a hold capture,
    release or expire it. A hold past its expiry refuses captures at once; its subject becomes
    available when the expiry is recorded.
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
        """The owner of the money or card."""
        if isinstance(self.subject, HeldMoney):
            return UserId(UUID(self.subject.account.owner))
        return self.subject.owner_id

    @property
    def remaining(self) -> int:
        """The minor units still on hold; a card counts as 1 while its hold is open."""
        if self.state is not HoldState.OPEN:
            return 0
        return self.subject.amount - self.captured if isinstance(self.subject, HeldMoney) else 1

    def is_past_expiry(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
