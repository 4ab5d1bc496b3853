from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from attrs import define

from ece_adapters.storage.stored_json import decode, encode, version_of
from ece_adapters.storage.write_order import Phase
from ece_domain.kernel import IdempotencyKeyReused, IdempotentRequest, Returned

from .batch import RETURNED
from .unit_of_work import UnitOfWork

A = TypeVar("A")


@define
class PostgresIdempotencyRecords:
    _unit: UnitOfWork

    async def recall(self, request: IdempotentRequest, result: type[A]) -> A | None:
        row = await self._unit.fetch_row(
            "SELECT fingerprint, result FROM idempotency_record WHERE actor_id = $1 AND key = $2",
            request.actor_id,
            request.key.text,
        )
        if row is None:
            return None
        if row["fingerprint"] != request.fingerprint:
            raise IdempotencyKeyReused
        return decode(row["result"], result)

    def record(
        self, request: IdempotentRequest, result: object | Returned[Any], kind: type[object]
    ) -> None:
        write = partial(self._unit.batch.write, rows=1, phase=Phase.REQUEST)
        terms = (request.actor_id, request.key.text, request.fingerprint)
        if isinstance(result, Returned):
            write(_RECORD_RETURNED, *terms, version_of(kind), uses=result)
        else:
            write(_RECORD, *terms, encode(result, kind))

    async def prune(self, before: datetime, limit: int) -> int:
        row = await self._unit.fetch_row(_PRUNE, before, limit)
        return int(row["pruned"]) if row else 0


_RECORD = """
INSERT INTO idempotency_record (actor_id, key, fingerprint, result) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
# A write that found no row returns nothing, and its guard refuses it.
_RECORD_RETURNED = f"""
INSERT INTO idempotency_record (actor_id, key, fingerprint, result)
VALUES ($1, $2, $3, jsonb_build_object('v', $4::integer, 'value', {RETURNED}))
ON CONFLICT DO NOTHING
"""  # noqa: S608 - no outside text
_PRUNE = """
WITH old AS (
    SELECT actor_id, key FROM idempotency_record WHERE recorded_at < $1
    ORDER BY recorded_at LIMIT $2 FOR UPDATE SKIP LOCKED
), pruned AS (
    DELETE FROM idempotency_record record USING old
    WHERE record.actor_id = old.actor_id AND record.key = old.key RETURNING 1
)
SELECT count(*) AS pruned FROM pruned
"""
