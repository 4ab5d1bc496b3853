from datetime import datetime
from uuid import UUID

import asyncpg
from attrs import define

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import Asset
from ece_domain.ledger import (
    Account,
    AccountKind,
    Entry,
    Handover,
    HeldCard,
    HeldMoney,
    Hold,
    HoldAction,
    HoldId,
    HoldNotFound,
    HoldPurpose,
    HoldState,
    Plan,
    Settled,
    Settlement,
    SettlementId,
    SettlementNotFound,
)

from .unit_of_work import UnitOfWork


@define
class PostgresLedger:
    """Settles by one call of the SQL function ``ledger_settle``."""

    _unit: UnitOfWork

    def settle(self, settlement: Settlement, now: datetime) -> None:
        self._unit.batch.call(
            _SETTLE,
            settlement.id,
            settlement.purpose,
            settlement.digest,
            now,
            *_columns(settlement.plan()),
        )

    async def settled(self, settlement_id: SettlementId) -> Settled:
        settlement = await self._unit.fetch_row(_SETTLEMENT, settlement_id)
        if settlement is None:
            raise SettlementNotFound(settlement_id=settlement_id)
        entries = await self._unit.fetch(_ENTRIES, settlement_id)
        handovers = await self._unit.fetch(_HANDOVERS, settlement_id)
        return Settled(
            id=settlement_id,
            purpose=settlement["purpose"],
            settled_at=settlement["settled_at"],
            entries=tuple(_entry(row) for row in entries),
            handovers=tuple(
                Handover(CardId(row["card_id"]), UserId(row["giver"]), UserId(row["taker"]))
                for row in handovers
            ),
        )

    async def hold(self, hold_id: HoldId) -> Hold:
        row = await self._unit.fetch_row(f"{SELECT_HOLD} WHERE hold.id = $1", hold_id)
        if row is None:
            raise HoldNotFound(hold_id=hold_id)
        return hold_from_row(row)


SELECT_HOLD = """
SELECT hold.*, account.owner_id AS account_owner, account.asset
FROM ledger_hold AS hold LEFT JOIN ledger_account AS account ON account.id = hold.account_id
"""
"""Selects the rows that ``hold_from_row`` reads."""


def hold_from_row(row: asyncpg.Record) -> Hold:
    if row["card_id"] is None:
        account = Account.of_user(UserId(row["account_owner"]), Asset.parse(row["asset"]))
        subject: HeldMoney | HeldCard = HeldMoney(account, row["amount"])
    else:
        subject = HeldCard(CardId(row["card_id"]), UserId(row["owner_id"]))
    return Hold(
        id=HoldId(row["id"]),
        purpose=HoldPurpose(row["purpose"]),
        subject=subject,
        expires_at=row["expires_at"],
        state=HoldState(row["state"]),
        captured=row["captured"],
    )


_SETTLE = f"ledger_settle({', '.join(f'${number}' for number in range(1, 27))})"

_SETTLEMENT = "SELECT purpose, settled_at FROM ledger_settlement WHERE id = $1"
_ENTRIES = """
SELECT kind, owner, asset, amount, balance_after
FROM ledger_entry AS entry JOIN ledger_account_name AS name ON name.id = entry.account_id
WHERE settlement_id = $1
ORDER BY entry.id
"""
_HANDOVERS = """
SELECT card_id, giver, taker FROM ledger_handover WHERE settlement_id = $1 ORDER BY id
"""

_LEFT_AS = {
    HoldAction.CAPTURE: HoldState.OPEN,
    HoldAction.RELEASE: HoldState.RELEASED,
    HoldAction.EXPIRE: HoldState.EXPIRED,
}


def _columns(plan: Plan) -> tuple[list[object], ...]:
    """The plan as the parallel arrays that ``ledger_settle`` walks."""
    closed = [change for change in plan.holds if change.action is not HoldAction.PLACE]
    placed = [change.hold for change in plan.holds if change.action is HoldAction.PLACE]
    return (
        [change.hold.id for change in closed],
        [_thing(change.hold) for change in closed],
        [_owner(change.hold) for change in closed],
        [change.captured for change in closed],
        [_LEFT_AS[change.action] for change in closed],
        [change.account.id for change in plan.balances],
        [change.account.kind for change in plan.balances],
        [change.account.owner for change in plan.balances],
        [str(change.account.asset) for change in plan.balances],
        [change.amount for change in plan.balances],
        [change.held for change in plan.balances],
        [change.card for change in plan.cards],
        [change.owner_before for change in plan.cards],
        [change.hold_before for change in plan.cards],
        [change.owner_after for change in plan.cards],
        [change.hold_after for change in plan.cards],
        [hold.id for hold in placed],
        [hold.purpose for hold in placed],
        [_thing(hold) for hold in placed],
        [_owner(hold) for hold in placed],
        [_amount(hold) for hold in placed],
        [hold.expires_at for hold in placed],
    )


def _thing(hold: Hold) -> UUID:
    return hold.subject.account.id if isinstance(hold.subject, HeldMoney) else hold.subject.card


def _owner(hold: Hold) -> UUID | None:
    """Set for cards alone: an account's id tells its owner."""
    return None if isinstance(hold.subject, HeldMoney) else hold.subject.owner


def _amount(hold: Hold) -> int:
    return hold.subject.amount if isinstance(hold.subject, HeldMoney) else 1


def _entry(row: asyncpg.Record) -> Entry:
    account = Account(AccountKind(row["kind"]), row["owner"], Asset.parse(row["asset"]))
    return Entry(account, row["amount"], row["balance_after"])
