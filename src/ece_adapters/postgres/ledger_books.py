from collections.abc import AsyncIterator
from datetime import datetime

import asyncpg
from attrs import define

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange
from ece_domain.ledger import (
    Account,
    AccountId,
    AccountRecord,
    Balance,
    CardRecord,
    Closing,
    HoldId,
    Line,
    PayoutRecord,
    Seal,
    SettlementId,
)

from .payouts import payout_records
from .refusals import CONSTRAINTS
from .unit_of_work import UnitOfWork

CONSTRAINTS.update(
    ledger_closing_pkey=ConcurrentChange,
    ledger_closing_balance_pkey=ConcurrentChange,
)


@define
class PostgresBooks:
    """Reads the whole ledger through cursors on one snapshot."""

    _unit: UnitOfWork

    async def balance_of(self, account: Account) -> int:
        row = await self._unit.fetch_row(
            _KEPT_BALANCE if account.keeps_balance else _ROLLED_UP_BALANCE, account.id
        )
        return int(row["balance"]) if row else 0

    async def close(self, now: datetime) -> Closing | None:
        previous = await self._last_closing()
        watermark = await self._unit.fetch_row(_WATERMARK)
        assert watermark is not None  # noqa: S101 - a SELECT without FROM has one row
        seal = Seal.after(previous)
        async for row in self._unit.stream(
            _LINES_BETWEEN,
            previous.watermark if previous else 0,
            watermark["xmin"],
        ):
            seal.add(_line(row))
        if not seal.entries:
            return None
        closing = seal.close(previous, watermark["xmin"], now)
        self._queue(closing)
        return closing

    async def closings(self) -> tuple[Closing, ...]:
        rows = self._unit.stream(f"{_CLOSINGS} ORDER BY number")
        return tuple([_closing(row) async for row in rows])

    async def lines(self) -> AsyncIterator[Line]:
        async for row in self._unit.stream(_LINES):
            yield _line(row)

    async def accounts(self) -> AsyncIterator[AccountRecord]:
        async for row in self._unit.stream(_ACCOUNTS):
            yield AccountRecord(
                AccountId(row["id"]), Balance(row["balance"], row["held"]), row["set_aside"]
            )

    async def cards(self) -> AsyncIterator[CardRecord]:
        async for row in self._unit.stream(_CARDS):
            yield _card(row)

    async def payouts(self) -> AsyncIterator[PayoutRecord]:
        async for record in payout_records(self._unit):
            yield record

    async def _last_closing(self) -> Closing | None:
        row = await self._unit.fetch_row(f"{_CLOSINGS} ORDER BY number DESC LIMIT 1")
        return _closing(row) if row else None

    def _queue(self, closing: Closing) -> None:
        self._unit.batch.write(
            "INSERT INTO ledger_closing (number, watermark, entries, digest, closed_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            closing.number,
            closing.watermark,
            closing.entries,
            closing.digest,
            closing.closed_at,
        )
        self._unit.batch.write(
            "INSERT INTO ledger_closing_balance (closing_number, account_id, balance)"
            " SELECT $1, * FROM unnest($2::uuid[], $3::numeric[])",
            closing.number,
            list(closing.balances),
            list(closing.balances.values()),
        )


_KEPT_BALANCE = "SELECT balance FROM ledger_account WHERE id = $1"
_ROLLED_UP_BALANCE = """
WITH last AS (SELECT number, watermark FROM ledger_closing ORDER BY number DESC LIMIT 1),
    sealed AS (
        SELECT balance FROM ledger_closing_balance
        WHERE closing_number = (SELECT number FROM last) AND account_id = $1
    ),
    since AS (
        SELECT sum(amount) AS amount FROM ledger_entry
        WHERE account_id = $1 AND xid >= coalesce((SELECT watermark FROM last), '0')
    )
SELECT coalesce((SELECT balance FROM sealed), 0) + coalesce(amount, 0) AS balance FROM since
"""

_WATERMARK = "SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin"
"""Every transaction before it has ended, so nothing can be added below it any more."""

_CLOSINGS = """
SELECT number, watermark, entries, digest, closed_at,
    ARRAY(
        SELECT account_id FROM ledger_closing_balance
        WHERE closing_number = number ORDER BY account_id
    ) AS accounts,
    ARRAY(
        SELECT balance FROM ledger_closing_balance
        WHERE closing_number = number ORDER BY account_id
    ) AS balances
FROM ledger_closing
"""
_LINES_BETWEEN = """
SELECT xid, settlement_id, account_id, NULL AS asset, amount, balance_after, TRUE AS is_settled
FROM ledger_entry
WHERE xid >= $1 AND xid < $2
ORDER BY id
"""
_LINES = """
SELECT xid, settlement_id, account_id, asset, amount, balance_after,
    settlement.id IS NOT NULL AS is_settled
FROM ledger_entry AS entry
    LEFT JOIN ledger_account_name AS name ON name.id = account_id
    LEFT JOIN ledger_settlement AS settlement ON settlement.id = settlement_id
ORDER BY entry.id
"""
_ACCOUNTS = """
SELECT id, coalesce(balance, 0) AS balance, coalesce(held, 0) AS held,
    coalesce(set_aside, 0)::bigint AS set_aside
FROM ledger_account
    FULL JOIN (
        SELECT account_id AS id, sum(amount - captured) AS set_aside
        FROM ledger_hold WHERE account_id IS NOT NULL GROUP BY account_id
    ) AS hold USING (id)
"""
_CARDS = """
SELECT id, minted_to, card.owner_id, card.hold_id, givers, takers, holds, placers
FROM cards_card AS card
    FULL JOIN (
        SELECT card_id AS id, array_agg(giver ORDER BY id) AS givers,
            array_agg(taker ORDER BY id) AS takers
        FROM ledger_handover GROUP BY card_id
    ) AS handover USING (id)
    FULL JOIN (
        SELECT card_id AS id, array_agg(id) AS holds, array_agg(owner_id) AS placers
        FROM ledger_hold WHERE card_id IS NOT NULL GROUP BY card_id
    ) AS hold USING (id)
"""


def _closing(row: asyncpg.Record) -> Closing:
    return Closing(
        number=row["number"],
        watermark=row["watermark"],
        entries=row["entries"],
        digest=row["digest"],
        balances={
            AccountId(account): int(balance)
            for account, balance in zip(row["accounts"], row["balances"], strict=True)
        },
        closed_at=row["closed_at"],
    )


def _line(row: asyncpg.Record) -> Line:
    position, settlement, account, asset, amount, balance_after, is_settled = row
    return Line(
        position,
        SettlementId(settlement),
        AccountId(account),
        asset,
        amount,
        balance_after,
        is_settled,
    )


def _card(row: asyncpg.Record) -> CardRecord:
    return CardRecord(
        card=CardId(row["id"]),
        minted_to=row["minted_to"] and UserId(row["minted_to"]),
        owner=row["owner_id"] and UserId(row["owner_id"]),
        hold=row["hold_id"] and HoldId(row["hold_id"]),
        handovers=list(zip(row["givers"] or (), row["takers"] or (), strict=True)),
        open_holds=list(zip(row["holds"] or (), row["placers"] or (), strict=True)),
    )
