from collections.abc import AsyncIterator
from datetime import datetime

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.refusals import CONSTRAINTS
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange
from ece_domain.ledger import Account, AccountId, AccountKind, HoldId, SettlementId
from ece_domain.ledger.storage import (
    AccountLine,
    AccountRecord,
    Balance,
    CardRecord,
    Closing,
    ClosingHash,
    JournalLine,
    JournalRecord,
    JournalTransfer,
    PayoutRecord,
    RecordedSettlement,
    RolledUpAccount,
)

from .group_payouts import payout_records

CONSTRAINTS.update(
    ledger_closing_pkey=ConcurrentChange,
    ledger_closing_balance_pkey=ConcurrentChange,
    ledger_closed_settlement_pkey=ConcurrentChange,
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

    async def close(self, now: datetime, limit: int) -> Closing | None:
        if await self._unit.fetch_row(_IS_ANYTHING_QUEUED) is None:
            return None
        # The lock comes first, so that the next statements see the closing that had it before.
        elected = await self._unit.fetch_row_for_update(_ELECT)
        assert elected is not None  # noqa: S101 - a SELECT without FROM has one row
        if not elected["is_elected"]:
            return None
        queued = [row["settlement_id"] for row in await self._unit.fetch(_QUEUED, limit)]
        if not queued:
            return None
        previous = await self._last_closing()
        closing_hash = ClosingHash()
        # Committed rows of these ids never change, so several snapshots see the same.
        async for row in self._unit.stream(_JOURNAL_OF, queued):
            closing_hash.add(_record(row))
        balances = await self._balances_after_the_last_closing(list(closing_hash.changes))
        closing = closing_hash.close(previous, balances, now)
        self._unit.batch.call(
            _CLOSE,
            closing.number,
            closing.digest,
            closing.closed_at,
            queued,
            list(closing.balances),
            list(closing.balances.values()),
        )
        return closing

    async def closings(self) -> AsyncIterator[Closing]:
        async for row in self._unit.stream(_CLOSINGS):
            yield _closing(row)

    async def journal(self) -> AsyncIterator[JournalRecord]:
        async for row in self._unit.stream(_JOURNAL):
            yield _record(row)

    async def account_lines(self) -> AsyncIterator[AccountLine]:
        async for row in self._unit.stream(_ACCOUNT_LINES):
            yield AccountLine(*row)

    async def accounts(self) -> AsyncIterator[AccountRecord]:
        async for row in self._unit.stream(_ACCOUNTS):
            yield AccountRecord(
                AccountId(row["id"]),
                Balance(row["balance"], row["held"]),
                row["open_holds_total"],
                row["entry_count"],
            )

    async def rolled_up(self) -> AsyncIterator[RolledUpAccount]:
        async for row in self._unit.stream(_ROLLED_UP):
            yield RolledUpAccount(
                AccountId(row["id"]), AccountKind(row["kind"]), int(row["balance"])
            )

    async def cards(self) -> AsyncIterator[CardRecord]:
        async for row in self._unit.stream(_CARDS):
            yield _card(row)

    async def payouts(self) -> AsyncIterator[PayoutRecord]:
        async for record in payout_records(self._unit):
            yield record

    async def _last_closing(self) -> Closing | None:
        row = await self._unit.fetch_row(_LAST_CLOSING)
        return _closing(row) if row else None

    async def _balances_after_the_last_closing(
        self, accounts: list[AccountId]
    ) -> dict[AccountId, int]:
        rows = await self._unit.fetch(_SEALED_BALANCES, accounts)
        return {AccountId(row["account_id"]): int(row["balance"]) for row in rows}


_KEPT_BALANCE = "SELECT balance FROM ledger_account WHERE id = $1"
_ROLLED_UP_BALANCE = "SELECT ledger_rolled_up_balance($1) AS balance"

_IS_ANYTHING_QUEUED = "SELECT FROM ledger_unclosed_settlement LIMIT 1"
_ELECT = "SELECT pg_try_advisory_xact_lock(hashtext('ece ledger closing')) AS is_elected"
_QUEUED = "SELECT settlement_id FROM ledger_unclosed_settlement ORDER BY settlement_id LIMIT $1"
_CLOSE = (
    "ledger_close(p_number => $1, p_digest => $2, p_closed_at => $3, settlement_ids => $4,"
    " account_ids => $5, balances => $6)"
)
_SEALED_BALANCES = """
SELECT account_id, balance
FROM unnest($1::uuid[]) AS changed (account_id)
    CROSS JOIN LATERAL (
        SELECT balance FROM ledger_closing_balance AS closed
        WHERE closed.account_id = changed.account_id ORDER BY closing_number DESC LIMIT 1
    ) AS latest
"""

_CLOSING = """
SELECT closing.*, balance.accounts, balance.balances
FROM ledger_closing AS closing
    CROSS JOIN LATERAL (
        SELECT array_agg(account_id) AS accounts, array_agg(balance) AS balances
        FROM ledger_closing_balance WHERE closing_number = number
    ) AS balance
"""
_CLOSINGS = f"{_CLOSING} ORDER BY number"
_LAST_CLOSING = f"{_CLOSING} ORDER BY number DESC LIMIT 1"

_LINES = """
array_agg(account_id ORDER BY account_id) AS accounts,
array_agg(amount ORDER BY account_id) AS amounts,
array_agg(nth ORDER BY account_id) AS nths,
array_agg(balance_after ORDER BY account_id) AS balances
"""
_TRANSFERS = """
array_agg(card_id ORDER BY card_id) AS cards,
array_agg(from_owner_id ORDER BY card_id) AS from_owners,
array_agg(to_owner_id ORDER BY card_id) AS to_owners,
array_agg(nth ORDER BY card_id) AS card_nths
"""
_JOURNAL_OF = f"""
SELECT settlement.*, NULL AS closing_number, TRUE AS is_queued, NULL AS assets, line.*, transfer.*
FROM ledger_settlement AS settlement
    CROSS JOIN LATERAL (
        SELECT {_LINES} FROM ledger_entry WHERE settlement_id = settlement.id
    ) AS line
    CROSS JOIN LATERAL (
        SELECT {_TRANSFERS} FROM ledger_card_transfer WHERE settlement_id = settlement.id
    ) AS transfer
WHERE settlement.id = ANY($1)
ORDER BY settlement.id
"""  # noqa: S608 - no outside text
_JOURNAL = f"""
SELECT id, purpose, digest, settled_at, closing_number, queued.id IS NOT NULL AS is_queued,
    accounts, assets, amounts, nths, balances, cards, from_owners, to_owners, card_nths
FROM ledger_settlement
    FULL JOIN (
        SELECT settlement_id AS id, {_LINES}, array_agg(asset ORDER BY account_id) AS assets
        FROM ledger_entry LEFT JOIN ledger_account_name AS name ON name.id = account_id
        GROUP BY settlement_id
    ) AS line USING (id)
    FULL JOIN (
        SELECT settlement_id AS id, {_TRANSFERS} FROM ledger_card_transfer GROUP BY settlement_id
    ) AS transfer USING (id)
    FULL JOIN (
        SELECT settlement_id AS id, closing_number FROM ledger_closed_settlement
    ) AS closed USING (id)
    FULL JOIN (SELECT settlement_id AS id FROM ledger_unclosed_settlement) AS queued USING (id)
ORDER BY closing_number, id
"""  # noqa: S608 - no outside text
_ACCOUNT_LINES = """
SELECT account_id, nth, amount, balance_after
FROM ledger_entry
WHERE nth IS NOT NULL
ORDER BY account_id, nth
"""
_ACCOUNTS = """
SELECT id, coalesce(balance, 0) AS balance, coalesce(held, 0) AS held,
    coalesce(open_holds_total, 0)::bigint AS open_holds_total,
    coalesce(entry_count, 0) AS entry_count
FROM ledger_account
    FULL JOIN (
        SELECT account_id AS id, sum(amount - captured) AS open_holds_total
        FROM ledger_hold WHERE account_id IS NOT NULL GROUP BY account_id
    ) AS hold USING (id)
"""
_ROLLED_UP = """
SELECT id, kind, coalesce(balance, 0) + coalesce(since, 0) AS balance
FROM ledger_platform_account
    LEFT JOIN (
        SELECT DISTINCT ON (account_id) account_id AS id, balance
        FROM ledger_closing_balance ORDER BY account_id, closing_number DESC
    ) AS latest USING (id)
    LEFT JOIN (
        SELECT account_id AS id, sum(amount) AS since
        FROM ledger_unclosed_settlement JOIN ledger_entry USING (settlement_id) GROUP BY account_id
    ) AS unclosed USING (id)
"""
_CARDS = """
SELECT id, minted_to_id, card.owner_id, card.hold_id, coalesce(transfer_count, 0) AS transfer_count,
    nths, from_owners, to_owners, holds, placers
FROM cards_card AS card
    FULL JOIN (
        SELECT card_id AS id, array_agg(nth ORDER BY nth) AS nths,
            array_agg(from_owner_id ORDER BY nth) AS from_owners,
            array_agg(to_owner_id ORDER BY nth) AS to_owners
        FROM ledger_card_transfer GROUP BY card_id
    ) AS transfer USING (id)
    FULL JOIN (
        SELECT card_id AS id, array_agg(id) AS holds, array_agg(owner_id) AS placers
        FROM ledger_hold WHERE card_id IS NOT NULL GROUP BY card_id
    ) AS hold USING (id)
"""


def _closing(row: asyncpg.Record) -> Closing:
    return Closing(
        number=row["number"],
        settlement_count=row["settlement_count"],
        digest=row["digest"],
        balances={
            AccountId(account): int(balance)
            for account, balance in zip(row["accounts"] or (), row["balances"] or (), strict=True)
        },
        closed_at=row["closed_at"],
    )


def _record(row: asyncpg.Record) -> JournalRecord:
    accounts, cards = row["accounts"] or (), row["cards"] or ()
    settlement = None
    if row["purpose"] is not None:
        settlement = RecordedSettlement(row["purpose"], row["digest"], row["settled_at"])
    return JournalRecord(
        settlement_id=SettlementId(row["id"]),
        settlement=settlement,
        lines=tuple(
            map(
                JournalLine,
                accounts,
                row["assets"] or [None] * len(accounts),
                row["amounts"] or (),
                row["nths"] or (),
                row["balances"] or (),
            )
        ),
        transfers=tuple(
            map(
                JournalTransfer,
                cards,
                row["from_owners"] or (),
                row["to_owners"] or (),
                row["card_nths"] or (),
            )
        ),
        closing_number=row["closing_number"],
        is_queued=row["is_queued"],
    )


def _card(row: asyncpg.Record) -> CardRecord:
    transfers = row["nths"] or (), row["from_owners"] or (), row["to_owners"] or ()
    return CardRecord(
        card_id=CardId(row["id"]),
        minted_to_id=row["minted_to_id"] and UserId(row["minted_to_id"]),
        owner_id=row["owner_id"] and UserId(row["owner_id"]),
        hold_id=row["hold_id"] and HoldId(row["hold_id"]),
        transfer_count=row["transfer_count"],
        transfers=list(zip(*transfers, strict=True)),
        open_holds=list(zip(row["holds"] or (), row["placers"] or (), strict=True)),
    )
