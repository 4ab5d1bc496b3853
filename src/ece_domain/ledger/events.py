"""The events of the ledger: one per settlement, with all changes and their owners."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from attrs import frozen

from ece_domain.kernel import Event, Money

from .account import AccountKind
from .hold import HeldMoney, HoldId
from .settlement import HoldAction, HoldChange, Plan, Settlement
from .settlement_receipt import CardTransfer, card_transfers_of


class PostedHoldAction(StrEnum):
    """The change of a hold."""

    PLACED = "placed"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


@frozen(kw_only=True)
class PostedEntry:
    """The change of an account's balance; negative if it lost money."""

    account_kind: AccountKind
    owner: str
    """The owner in the account's name: a user's id, or the role of a platform account."""
    money: Money


@frozen(kw_only=True)
class PostedHold:
    """Money or a card of an owner that was put on hold, captured or released."""

    hold_id: UUID
    action: PostedHoldAction
    context: str
    deal_id: UUID
    purpose: str
    owner_id: UUID
    expires_at: datetime | None
    card_id: UUID | None
    money: Money | None
    """The amount that this settlement placed, captured or released; None for a card."""


@frozen(kw_only=True)
class SettlementPosted(Event):
    """Balances, cards and holds changed together. A wallet can be shown from these events alone."""

    kind = "ledger.settlement-posted"
    subject = "settlement_id"

    settlement_id: UUID
    purpose: str
    entries: tuple[PostedEntry, ...]
    cards: tuple[CardTransfer, ...]
    holds: tuple[PostedHold, ...]
    """Ended and captured holds by id, then placed ones by id."""


@frozen(kw_only=True)
class GroupPaidOut(Event):
    """A group payout is finished: all parties of the deal have been paid."""

    kind = "ledger.group-paid-out"
    subject = "payout_id"

    payout_id: UUID
    context: str
    deal_id: UUID
    total: Money
    line_count: int


def settlement_posted(
    settlement: Settlement, plan: Plan, now: datetime, remaining: Mapping[HoldId, int] | None = None
) -> SettlementPosted:
    """The event of a settlement.

    ``remaining`` has the remainders of holds as the store has them; the given holds may be stale.
    """
    placed = [change for change in plan.holds if change.action is HoldAction.PLACE]
    ended = [change for change in plan.holds if change.action is not HoldAction.PLACE]
    return SettlementPosted(
        occurred_at=now,
        settlement_id=settlement.id,
        purpose=settlement.purpose,
        entries=tuple(
            PostedEntry(
                account_kind=change.account.kind,
                owner=change.account.owner,
                money=Money(change.amount, change.account.asset),
            )
            for change in plan.balances
            if change.amount
        ),
        cards=card_transfers_of(plan),
        holds=tuple(_posted(change, remaining or {}) for change in (*ended, *placed)),
    )


_ACTIONS = {
    HoldAction.PLACE: PostedHoldAction.PLACED,
    HoldAction.CAPTURE: PostedHoldAction.CAPTURED,
    HoldAction.RELEASE: PostedHoldAction.RELEASED,
    HoldAction.EXPIRE: PostedHoldAction.EXPIRED,
}


def _posted(change: HoldChange, remaining: Mapping[HoldId, int]) -> PostedHold:
    hold, subject = change.hold, change.hold.subject
    card_id: UUID | None = None
    money: Money | None = None
    if isinstance(subject, HeldMoney):
        money = Money(_amount(change, remaining), subject.account.asset)
    else:
        card_id = subject.card_id
    return PostedHold(
        hold_id=hold.id,
        action=_ACTIONS[change.action],
        context=hold.deal.context,
        deal_id=hold.deal.id,
        purpose=hold.purpose.value,
        owner_id=hold.owner_id,
        expires_at=hold.expires_at,
        card_id=card_id,
        money=money,
    )


def _amount(change: HoldChange, remaining: Mapping[HoldId, int]) -> int:
    if change.action is HoldAction.CAPTURE:
        return change.captured
    return remaining.get(change.hold.id, change.hold.remaining)
