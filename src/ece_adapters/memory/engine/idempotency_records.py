from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from attrs import define, frozen

from ece_adapters.storage.write_order import Phase
from ece_domain.kernel import (
    Clock,
    ConcurrentChange,
    IdempotencyKeyReused,
    IdempotentRequest,
    Returned,
)

from .table import Table
from .unit_of_work import UnitOfWork

A = TypeVar("A")


@frozen
class StoredResult:
    fingerprint: bytes
    result: object
    recorded_at: datetime


@define
class MemoryIdempotencyRecords:
    _records: Table[tuple[UUID, str], StoredResult]
    _unit: UnitOfWork
    _clock: Clock

    async def recall(self, request: IdempotentRequest, result: type[A]) -> A | None:
        earlier = self._records.get((request.actor_id, request.key.text))
        if earlier is None:
            return None
        if earlier.fingerprint != request.fingerprint or not isinstance(earlier.result, result):
            raise IdempotencyKeyReused
        return earlier.result

    def record(
        self,
        request: IdempotentRequest,
        result: object | Returned[Any],
        kind: type[object],  # noqa: ARG002 - values are kept as they are
    ) -> None:
        self._unit.later(lambda: self._record(request, result), Phase.REQUEST)
        if isinstance(result, Returned):
            # The key is inserted first, as in PostgreSQL; its result is known last.
            self._unit.later(lambda: self._put(request, result.value), Phase.SETTLE)

    async def prune(self, before: datetime, limit: int) -> int:
        old = sorted(
            (record.recorded_at, name)
            for name, record in self._records.items()
            if record.recorded_at < before
        )[:limit]
        for _, name in old:
            self._records.remove(name)
        self._unit.undo_log.forget()  # a separate transaction
        return len(old)

    def _record(self, request: IdempotentRequest, result: object) -> None:
        name = (request.actor_id, request.key.text)
        if name in self._records:
            raise ConcurrentChange
        self._put(request, result)

    def _put(self, request: IdempotentRequest, result: object) -> None:
        name = (request.actor_id, request.key.text)
        self._records.put(name, StoredResult(request.fingerprint, result, self._clock()))
