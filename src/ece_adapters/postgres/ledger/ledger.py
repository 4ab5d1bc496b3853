from datetime import datetime
from functools import cache, partial
from uuid import UUID

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.batch import LedgerRows
from ece_adapters.postgres.engine.event_rows import event_arguments
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import Asset, Returned
from ece_domain.ledger import (
    Account,
    AccountKind,
    CardTransfer,
    Deal,
    Entry,
    HeldCard,
    HeldMoney,
    Hold,
    HoldAction,
    HoldId,
    HoldNotFound,
    HoldPurpose,
    HoldState,
    Settlement,
    SettlementId,
    SettlementNotFound,
    SettlementReceipt,
)
from ece_domain.ledger.storage import Plan, card_transfers_of, settlement_posted


@define
class PostgresLedger:
    """Settles with one call of the SQL function ``ledger_settle``."""

    _unit: UnitOfWork

    def settle(self, settlement: Settlement, now: datetime) -> Returned[SettlementReceipt | None]:
        plan = settlement.plan()
        event = settlement_posted(settlement, plan, now)
        arguments = {
            **settle_arguments(settlement, plan, now),
            **event_arguments(event, self._unit.origin, self._unit.new_id()),
        }
        returned = Returned(partial(_receipt_of, settlement, plan, now))
        call = settle_call(tuple(arguments))
        self._unit.batch.call(call, *arguments.values(), returned=returned)
        self._unit.batch.share_ledger_rows(_locked_rows(plan))
        return returned

    async def receipt(self, settlement_id: SettlementId) -> SettlementReceipt:
        row = await self._unit.fetch_row(_RECEIPT, settlement_id)
        if row is None:
            raise SettlementNotFound(settlement_id=settlement_id)
        return _receipt(settlement_id, row)

    async def hold(self, hold_id: HoldId) -> Hold:
        row = await self._unit.fetch_row(_ANY_HOLD, hold_id)
        if row is None:
            raise HoldNotFound(hold_id=hold_id)
        return hold_from_row(row)


_ANY_HOLD = """
SELECT hold.*, account.asset
FROM ledger_any_hold AS hold LEFT JOIN ledger_account AS account ON account.id = hold.account_id
WHERE hold.id = $1
"""
SELECT_OPEN_HOLD = """
SELECT hold.*, 'open' AS state, account.asset
FROM ledger_hold AS hold LEFT JOIN ledger_account AS account ON account.id = hold.account_id
"""
"""Selects open holds as the rows that ``hold_from_row`` reads."""


def hold_from_row(row: asyncpg.Record) -> Hold:
    owner = UserId(row["owner_id"])
    subject: HeldMoney | HeldCard
    if row["card_id"] is None:
        subject = HeldMoney(Account.of_user(owner, Asset.parse(row["asset"])), row["amount"])
    else:
        subject = HeldCard(CardId(row["card_id"]), owner)
    return Hold(
        id=HoldId(row["id"]),
        deal=Deal(row["context"], row["deal_id"]),
        purpose=HoldPurpose(row["purpose"]),
        subject=subject,
        expires_at=row["expires_at"],
        state=HoldState(row["state"]),
        captured=row["captured"],
    )


_RECEIPT = """
SELECT purpose, settled_at, entry.*, transfer.*
FROM ledger_settlement AS settlement
    CROSS JOIN LATERAL (
        SELECT array_agg(kind ORDER BY nth IS NULL, account_id) AS kinds,
            array_agg(owner ORDER BY nth IS NULL, account_id) AS owners,
            array_agg(asset ORDER BY nth IS NULL, account_id) AS assets,
            array_agg(amount ORDER BY nth IS NULL, account_id) AS amounts,
            array_agg(balance_after ORDER BY nth IS NULL, account_id) AS balances
        FROM ledger_entry JOIN ledger_account_name AS name ON name.id = account_id
        WHERE settlement_id = settlement.id
    ) AS entry
    CROSS JOIN LATERAL (
        SELECT array_agg(card_id ORDER BY card_id) AS cards,
            array_agg(from_owner_id ORDER BY card_id) AS from_owners,
            array_agg(to_owner_id ORDER BY card_id) AS to_owners
        FROM ledger_card_transfer WHERE settlement_id = settlement.id
    ) AS transfer
WHERE settlement.id = $1
"""

_LEFT_AS = {
    HoldAction.CAPTURE: HoldState.OPEN,
    HoldAction.RELEASE: HoldState.RELEASED,
    HoldAction.EXPIRE: HoldState.EXPIRED,
}


@cache
def settle_call(names: tuple[str, ...]) -> str:
    """The call of ``ledger_settle``, with named arguments."""
    named = (f"{name} => ${number}" for number, name in enumerate(names, 1))
    return f"ledger_settle({', '.join(named)})"


def settle_arguments(settlement: Settlement, plan: Plan, now: datetime) -> dict[str, object]:
    """The arguments of ``ledger_settle`` by name; arrays of one kind are parallel."""
    closed = [change for change in plan.holds if change.action is not HoldAction.PLACE]
    placed = [change.hold for change in plan.holds if change.action is HoldAction.PLACE]
    return {
        "p_id": settlement.id,
        "p_purpose": settlement.purpose,
        "p_digest": settlement.digest,
        "p_now": now,
        "closed": [change.hold.id for change in closed],
        "closed_subject": [_subject(change.hold) for change in closed],
        "closed_owner": [change.hold.owner_id for change in closed],
        "captures": [change.captured for change in closed],
        "left_as": [_LEFT_AS[change.action] for change in closed],
        "accounts": [change.account.id for change in plan.balances],
        "kinds": [change.account.kind for change in plan.balances],
        "owners": [change.account.owner for change in plan.balances],
        "assets": [str(change.account.asset) for change in plan.balances],
        "amounts": [change.amount for change in plan.balances],
        "helds": [change.held for change in plan.balances],
        "cards": [change.card_id for change in plan.cards],
        "from_owners": [change.from_owner_id for change in plan.cards],
        "holds_before": [change.from_hold_id for change in plan.cards],
        "to_owners": [change.to_owner_id for change in plan.cards],
        "holds_after": [change.to_hold_id for change in plan.cards],
        "placed": [hold.id for hold in placed],
        "placed_deal": [hold.deal.id for hold in placed],
        "purposes": [hold.purpose for hold in placed],
        "placed_owner": [hold.owner_id for hold in placed],
        "placed_account": [_account(hold) for hold in placed],
        "placed_card": [_card(hold) for hold in placed],
        "placed_amount": [_amount(hold) for hold in placed],
        "expiries": [hold.expires_at for hold in placed],
    }


def _receipt_of(
    settlement: Settlement, plan: Plan, now: datetime, balances_after: list[int | None] | None
) -> SettlementReceipt | None:
    if balances_after is None:
        return None
    entries = tuple(
        Entry(change.account, change.amount, balance_after)
        for change, balance_after in zip(plan.balances, balances_after, strict=True)
        if change.amount
    )
    return SettlementReceipt(
        settlement.id, settlement.purpose, now, entries, card_transfers_of(plan)
    )


def _locked_rows(plan: Plan) -> LedgerRows:
    return LedgerRows(
        [change.hold.id for change in plan.holds if change.action is not HoldAction.PLACE],
        [change.account.id for change in plan.balances if change.account.keeps_balance],
        [
            change.account.id
            for change in plan.balances
            if change.amount < 0 and not change.account.keeps_balance
            if not change.account.kind.may_be_negative
        ],
        [change.card_id for change in plan.cards],
    )


def _subject(hold: Hold) -> UUID:
    return hold.subject.account.id if isinstance(hold.subject, HeldMoney) else hold.subject.card_id


def _account(hold: Hold) -> UUID | None:
    return hold.subject.account.id if isinstance(hold.subject, HeldMoney) else None


def _card(hold: Hold) -> UUID | None:
    return None if isinstance(hold.subject, HeldMoney) else hold.subject.card_id


def _amount(hold: Hold) -> int:
    return hold.subject.amount if isinstance(hold.subject, HeldMoney) else 1


def _receipt(settlement_id: SettlementId, row: asyncpg.Record) -> SettlementReceipt:
    accounts = map(
        Account,
        map(AccountKind, row["kinds"] or ()),
        row["owners"] or (),
        map(Asset.parse, row["assets"] or ()),
    )
    cards = row["cards"] or (), row["from_owners"] or (), row["to_owners"] or ()
    return SettlementReceipt(
        id=settlement_id,
        purpose=row["purpose"],
        settled_at=row["settled_at"],
        entries=tuple(map(Entry, accounts, row["amounts"] or (), row["balances"] or ())),
        card_transfers=tuple(map(CardTransfer, *cards)),
    )
