"""Planted bugs: idempotency keys, commits, versions and events."""

from typing import Any

import pytest

from ece_adapters.memory.engine.event_log import EventTables
from ece_adapters.memory.engine.idempotency_records import MemoryIdempotencyRecords, StoredResult
from ece_adapters.memory.engine.table import UndoLog
from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_adapters.memory.ledger.ledger import MemoryLedger
from ece_domain.ledger import SettlementIdReused
from ece_domain.ledger.storage import settlement_posted
from tests.simulation.process import Process

from .registry import planted


@planted
def answer_stored_outside_the_transaction(patch: pytest.MonkeyPatch) -> None:
    """Store the result in a transaction before the effect."""
    patch.setattr(
        MemoryIdempotencyRecords,
        "record",
        lambda self, request, answer, _kind: self._record(request, answer),
    )


@planted
def key_that_guards_nothing(patch: pytest.MonkeyPatch) -> None:
    """Store the result without checking that the key is new."""

    def record(self: MemoryIdempotencyRecords, request: Any, answer: object) -> None:
        name = (request.actor_id, request.key.text)
        self._records.put(name, StoredResult(request.fingerprint, answer, self._clock()))

    patch.setattr(MemoryIdempotencyRecords, "_record", record)


@planted
def key_shared_between_users(patch: pytest.MonkeyPatch) -> None:
    """Find a result by its key alone, without actor and fingerprint."""

    async def recall(self: MemoryIdempotencyRecords, request: Any, answer: type) -> object:
        for (_, key), earlier in self._records._rows.items():
            if key == request.key.text and isinstance(earlier.result, answer):
                return earlier.result
        return None

    patch.setattr(MemoryIdempotencyRecords, "recall", recall)
    patch.setattr(MemoryIdempotencyRecords, "_record", _record_by_key_alone)


def _record_by_key_alone(self: MemoryIdempotencyRecords, request: Any, answer: object) -> None:
    if any(key == request.key.text for _, key in self._records._rows):
        raise SettlementIdReused(settlement_id=request.actor_id)
    name = (request.actor_id, request.key.text)
    self._records.put(name, StoredResult(request.fingerprint, answer, self._clock()))


@planted
def event_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    """Publish events before the commit."""

    def publish(self: UnitOfWork, *events: Any) -> None:
        self._publish(events)
        self.undo_log.forget()

    patch.setattr(UnitOfWork, "publish", publish)


@planted
def event_lost_on_commit(patch: pytest.MonkeyPatch) -> None:
    """Save the aggregate without its events."""
    patch.setattr(UnitOfWork, "_publish", lambda *_: None)


@planted
def settlement_untold(patch: pytest.MonkeyPatch) -> None:
    """Settle without an event."""
    patch.setattr(UnitOfWork, "publish_now", lambda *_: None)


@planted
def settlement_told_before_its_refusal(patch: pytest.MonkeyPatch) -> None:
    """Publish the event of a settlement even if it is refused."""
    sound = MemoryLedger.settle

    def settle(self: MemoryLedger, settlement: Any, now: Any) -> Any:
        self._unit.publish_now(settlement_posted(settlement, settlement.plan(), now))
        self._unit.undo_log.forget()
        return sound(self, settlement, now)

    patch.setattr(MemoryLedger, "settle", settle)


@planted
def position_skipped(patch: pytest.MonkeyPatch) -> None:
    """Follow events by number, as if numbers were in commit order."""
    sound, highest = EventTables.assign_positions, {}

    def assign_positions(self: EventTables, limit: int) -> int:
        waiting, last = self._waiting, highest.get(id(self), 0)
        late = {key: waiting._rows.pop(key) for key in list(waiting._rows) if key[0] <= last}
        highest[id(self)] = max((number for number, _ in waiting._rows), default=last)
        moved = sound(self, limit)
        waiting._rows.update(late)
        return moved

    patch.setattr(EventTables, "assign_positions", assign_positions)


@planted
def half_a_commit(patch: pytest.MonkeyPatch) -> None:
    """Stop at an error without rolling back earlier writes."""
    patch.setattr(UndoLog, "undo", UndoLog.forget)


@planted
def stale_version_accepted(patch: pytest.MonkeyPatch) -> None:
    """Save without a version guard."""

    def save_now(_: UnitOfWork, table: Any, key: Any, aggregate: Any) -> None:
        table.put(key, aggregate.saved)

    patch.setattr(UnitOfWork, "save_now", save_now)


@planted
def answers_that_a_crash_forgets(patch: pytest.MonkeyPatch) -> None:
    """Keep results in the memory of one server."""
    sound_record, sound_crash = MemoryIdempotencyRecords._record, Process.crash
    kept: dict[int, Any] = {}

    def record(self: MemoryIdempotencyRecords, request: Any, answer: object) -> None:
        kept[0] = self._records
        sound_record(self, request, answer)

    def crash(self: Process) -> None:
        sound_crash(self)
        for answered in kept.values():
            answered._rows.clear()

    patch.setattr(MemoryIdempotencyRecords, "_record", record)
    patch.setattr(Process, "crash", crash)


@planted
def lock_dropped(patch: pytest.MonkeyPatch) -> None:
    """Read for update without a lock."""

    async def lock(_: UnitOfWork, row: Any) -> None:
        """Return without waiting."""

    patch.setattr(UnitOfWork, "lock", lock)
