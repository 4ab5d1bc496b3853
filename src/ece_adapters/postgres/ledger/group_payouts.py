from collections.abc import AsyncIterator, Sequence

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.refusals import CONSTRAINTS
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_domain.kernel import Asset, ConcurrentChange, Money
from ece_domain.ledger import (
    Account,
    AccountKind,
    Deal,
    GroupPayout,
    PayoutId,
    PayoutLine,
    PayoutNotFound,
)
from ece_domain.ledger.storage import PayoutRecord

CONSTRAINTS.update(ledger_payout_pkey=ConcurrentChange, ledger_payout_line_pkey=ConcurrentChange)


@define
class PostgresGroupPayouts:
    _unit: UnitOfWork

    async def find(self, payout_id: PayoutId) -> GroupPayout | None:
        row = await self._unit.fetch_row("SELECT * FROM ledger_payout WHERE id = $1", payout_id)
        return _payout(row) if row else None

    async def get(self, payout_id: PayoutId) -> GroupPayout:
        payout = await self.find(payout_id)
        if payout is None:
            raise PayoutNotFound(payout_id=payout_id)
        return payout

    async def unfinished(self, limit: int) -> Sequence[PayoutId]:
        rows = await self._unit.fetch(_UNFINISHED, limit)
        return [PayoutId(row["id"]) for row in rows]

    async def next_lines(self, payout: GroupPayout) -> Sequence[PayoutLine]:
        first = payout.settled_count * payout.chunk_size
        rows = await self._unit.fetch(_LINES, payout.id, first, first + payout.chunk_size)
        return [
            PayoutLine(Account(AccountKind(row["kind"]), row["owner"], payout.asset), row["amount"])
            for row in rows
        ]

    async def add(self, payout: GroupPayout, lines: Sequence[PayoutLine]) -> None:
        self._unit.batch.write(
            _INSERT_PAYOUT, *_payout_to_row(payout), rows=1, row=("ledger_payout", str(payout.id))
        )
        await self._unit.copy(
            "ledger_payout_line",
            ("payout_id", "number", "kind", "owner", "amount"),
            (
                (payout.id, number, line.account.kind.value, line.account.owner, line.amount)
                for number, line in enumerate(lines)
            ),
        )
        self._unit.publish(*payout.events)

    def save(self, payout: GroupPayout) -> None:
        self._unit.batch.write(
            _UPDATE_PAYOUT,
            payout.id,
            payout.version,
            payout.settled_count,
            payout.finished_at,
            rows=1,
            row=("ledger_payout", str(payout.id)),
        )
        self._unit.publish(*payout.events)


async def payout_records(unit: UnitOfWork) -> AsyncIterator[PayoutRecord]:
    """For the audit, in the snapshot of ``unit.stream``."""
    async for row in unit.stream(_RECORDS):
        payout = _payout(row)
        chunks = [payout.chunk_id(number) for number in range(payout.chunk_count)]
        rows = await unit.fetch(_SETTLED, [payout.funding.id, *chunks])
        found = {row["id"] for row in rows}
        account = await unit.fetch_row(_BALANCE, payout.account.id)
        yield PayoutRecord(
            payout=payout,
            line_count=row["found_count"],
            line_total=row["found_total"],
            settled_total=row["settled_total"],
            is_funded=payout.funding.id in found,
            chunks_found=[chunk in found for chunk in chunks],
            balance=account["balance"] if account else 0,
        )


_UNFINISHED = """
SELECT id FROM ledger_payout WHERE finished_at IS NULL ORDER BY started_at, id LIMIT $1
"""
_LINES = """
SELECT kind, owner, amount FROM ledger_payout_line
WHERE payout_id = $1 AND number >= $2 AND number < $3
ORDER BY number
"""
_INSERT_PAYOUT = """
INSERT INTO ledger_payout
    (id, version, context, deal_id, source_kind, source_owner, asset, total, line_count, digest,
     chunk_size, settled_count, started_at, finished_at)
VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
_UPDATE_PAYOUT = """
UPDATE ledger_payout SET version = version + 1, settled_count = $3, finished_at = $4
WHERE id = $1 AND version = $2
"""
_RECORDS = """
SELECT payout.*, line.*
FROM ledger_payout AS payout
CROSS JOIN LATERAL (
    SELECT count(*) AS found_count, coalesce(sum(amount), 0)::bigint AS found_total,
        coalesce(
            sum(amount) FILTER (WHERE number < payout.settled_count * payout.chunk_size), 0
        )::bigint AS settled_total
    FROM ledger_payout_line WHERE payout_id = payout.id
) AS line
"""
_SETTLED = "SELECT id FROM ledger_settlement WHERE id = ANY($1)"
_BALANCE = "SELECT balance FROM ledger_account WHERE id = $1"


def _payout_to_row(payout: GroupPayout) -> tuple[object, ...]:
    return (
        payout.id,
        payout.version,
        payout.deal.context,
        payout.deal.id,
        payout.source.kind.value,
        payout.source.owner,
        str(payout.asset),
        payout.total.amount,
        payout.line_count,
        payout.digest,
        payout.chunk_size,
        payout.settled_count,
        payout.started_at,
        payout.finished_at,
    )


def _payout(row: asyncpg.Record) -> GroupPayout:
    asset = Asset.parse(row["asset"])
    return GroupPayout(
        id=PayoutId(row["id"]),
        version=row["version"],
        deal=Deal(row["context"], row["deal_id"]),
        source=Account(AccountKind(row["source_kind"]), row["source_owner"], asset),
        total=Money(row["total"], asset),
        line_count=row["line_count"],
        digest=row["digest"],
        chunk_size=row["chunk_size"],
        settled_count=row["settled_count"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )
