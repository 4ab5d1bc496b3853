"""What happened to money that was moved or set aside on its own, and not as part of a deal."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from ece_domain.kernel import Event, Money


@frozen(kw_only=True)
class MoneyDeposited(Event):
    kind = "ledger.money-deposited"
    subject = "settlement_id"

    settlement_id: UUID
    user_id: UUID
    money: Money


@frozen(kw_only=True)
class MoneyWithdrawn(Event):
    kind = "ledger.money-withdrawn"
    subject = "settlement_id"

    settlement_id: UUID
    user_id: UUID
    money: Money


@frozen(kw_only=True)
class MoneyTransferred(Event):
    kind = "ledger.money-transferred"
    subject = "settlement_id"

    settlement_id: UUID
    giver: UUID
    taker: UUID
    money: Money


@frozen(kw_only=True)
class MoneySetAside(Event):
    kind = "ledger.money-set-aside"
    subject = "hold_id"

    hold_id: UUID
    user_id: UUID
    purpose: str
    money: Money
    expires_at: datetime | None


@frozen(kw_only=True)
class HoldCaptured(Event):
    """``taker`` is None where the money left the exchange."""

    kind = "ledger.hold-captured"
    subject = "hold_id"

    hold_id: UUID
    settlement_id: UUID
    taker: UUID | None
    money: Money


@frozen(kw_only=True)
class HoldReleased(Event):
    kind = "ledger.hold-released"
    subject = "hold_id"

    hold_id: UUID


@frozen(kw_only=True)
class HoldLapsed(Event):
    """A hold that nobody captured or released before its expiry."""

    kind = "ledger.hold-lapsed"
    subject = "hold_id"

    hold_id: UUID
    purpose: str


@frozen(kw_only=True)
class GroupPaidOut(Event):
    """All parties of a deal have been paid."""

    kind = "ledger.group-paid-out"
    subject = "payout_id"

    payout_id: UUID
    context: str
    deal_id: UUID
    total: Money
    line_count: int
