"""Reads the accounts and holds of one user."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.storage.keyset import below_id, below_number, cut
from ece_domain.identity import UserId
from ece_domain.kernel import Asset, Money, Page, PageRequest, TimeRange
from ece_domain.ledger import (
    Account,
    AccountKind,
    HeldTotal,
    Hold,
    HoldPurpose,
    SettlementId,
    StatementLine,
    WalletAccount,
)

from .ledger import SELECT_OPEN_HOLD, hold_from_row


@define
class PostgresWallets:
    _unit: UnitOfWork

    def open(self, account: Account) -> None:
        self._unit.batch.write(
            "INSERT INTO ledger_account (id, kind, owner_id, asset) VALUES ($1, 'user', $2, $3)"
            " ON CONFLICT (id) DO NOTHING",
            account.id,
            UUID(account.owner),
            str(account.asset),
        )

    async def accounts(self, owner_id: UserId) -> tuple[WalletAccount, ...]:
        rows = await self._unit.fetch(_ACCOUNTS, owner_id)
        return tuple(
            _account(asset, list(parts)) for asset, parts in groupby(rows, itemgetter("asset"))
        )

    async def open_holds(self, owner_id: UserId, page: PageRequest) -> Page[Hold]:
        rows = await self._unit.fetch(_OPEN_HOLDS, owner_id, below_id(page), page.limit + 1)
        return cut(rows, page, itemgetter("id"), hold_from_row)

    async def statement(
        self, account: Account, settled: TimeRange, page: PageRequest
    ) -> Page[StatementLine]:
        rows = await self._unit.fetch(
            _STATEMENT,
            account.id,
            str(account.asset),
            below_number(page),
            page.limit + 1,
            settled.starts_at,
            settled.ends_at,
        )
        return cut(rows, page, itemgetter("nth"), lambda row: _line(row, account.asset))

    async def past_expiry(self, context: str, now: datetime, limit: int) -> Sequence[Hold]:
        rows = await self._unit.fetch(_PAST_EXPIRY, context, now, limit)
        return [hold_from_row(row) for row in rows]


_ACCOUNTS = """
SELECT account.asset, account.balance, hold.purpose,
    sum(hold.amount - hold.captured)::bigint AS held
FROM ledger_account account
LEFT JOIN ledger_hold hold ON hold.owner_id = $1 AND hold.account_id = account.id
WHERE account.owner_id = $1 AND account.kind = 'user'
GROUP BY account.id, hold.purpose
ORDER BY account.asset COLLATE "C", hold.purpose COLLATE "C"
"""
_OPEN_HOLDS = f"""
{SELECT_OPEN_HOLD} WHERE hold.owner_id = $1 AND hold.id < $2
ORDER BY hold.id DESC LIMIT $3
"""
_PAST_EXPIRY = f"""
{SELECT_OPEN_HOLD} WHERE context = $1 AND expires_at <= $2
ORDER BY expires_at, hold.id LIMIT $3
"""
_STATEMENT = """
SELECT nth, settlement_id, purpose, settled_at, amount, balance_after, kind, owner
FROM ledger_entry entry
JOIN ledger_settlement settlement ON settlement.id = settlement_id
LEFT JOIN LATERAL (
    SELECT min(kind) AS kind, min(owner) AS owner
    FROM ledger_entry other JOIN ledger_account_name ON ledger_account_name.id = other.account_id
    WHERE other.settlement_id = entry.settlement_id AND other.account_id <> $1 AND asset = $2
    HAVING count(*) = 1
) counterparty ON true
WHERE account_id = $1 AND nth < $3
    AND ($5::timestamptz IS NULL OR settled_at > $5)
    AND ($6::timestamptz IS NULL OR settled_at < $6)
ORDER BY nth DESC LIMIT $4
"""


def _account(asset: str, rows: list[asyncpg.Record]) -> WalletAccount:
    counted = Asset.parse(asset)
    return WalletAccount(
        Money(rows[0]["balance"], counted),
        tuple(
            HeldTotal(HoldPurpose(row["purpose"]), Money(row["held"], counted))
            for row in rows
            if row["purpose"]
        ),
    )


def _line(row: asyncpg.Record, asset: Asset) -> StatementLine:
    return StatementLine(
        settlement_id=SettlementId(row["settlement_id"]),
        purpose=row["purpose"],
        settled_at=row["settled_at"],
        change=Money(row["amount"], asset),
        balance_after=Money(row["balance_after"], asset),
        counterparty=(
            Account(AccountKind(row["kind"]), row["owner"], asset) if row["kind"] else None
        ),
    )
