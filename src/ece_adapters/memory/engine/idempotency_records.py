from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from attrs import define, frozen

from ece_adapters.storage.write_order import Phase
from ece_domain.kernel import Clock, ConcurrentChange, KeyReused, Request, Returned

from .table import Table
from .unit_of_work import UnitOfWork

A = TypeVar("A")


@frozen
class Answered:
    fingerprint: bytes
    answer: object
    answered_at: datetime


@define
class MemoryRequests:
    _answered: Table[tuple[UUID, str], Answered]
    _unit: UnitOfWork
    _clock: Clock

    async def recall(self, request: Request, answer: type[A]) -> A | None:
        earlier = self._answered.get((request.actor, request.key.text))
        if earlier is None:
            return None
        if earlier.fingerprint != request.fingerprint or not isinstance(earlier.answer, answer):
            raise KeyReused
        return earlier.answer

    def record(
        self,
        request: Request,
        answer: object | Returned[Any],
        kind: type[object],  # noqa: ARG002 - values are kept as they are
    ) -> None:
        self._unit.later(lambda: self._record(request, answer), Phase.REQUEST)
        if isinstance(answer, Returned):
            # The key is taken first, as in PostgreSQL; what stands under it is known last.
            self._unit.later(lambda: self._put(request, answer.value), Phase.SETTLE)

    async def prune(self, before: datetime, limit: int) -> int:
        old = sorted(
            (answered.answered_at, name)
            for name, answered in self._answered.items()
            if answered.answered_at < before
        )[:limit]
        for _, name in old:
            self._answered.remove(name)
        self._unit.undo_log.forget()  # a transaction of its own
        return len(old)

    def _record(self, request: Request, answer: object) -> None:
        name = (request.actor, request.key.text)
        if name in self._answered:
            raise ConcurrentChange
        self._put(request, answer)

    def _put(self, request: Request, answer: object) -> None:
        name = (request.actor, request.key.text)
        self._answered.put(name, Answered(request.fingerprint, answer, self._clock()))
