"""Gathers a transaction's writes, and applies them together or not at all."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from attrs import define, field, frozen

from ece_adapters.write_order import Phase
from ece_domain.kernel import Aggregate, ConcurrentChange, Event

from .table import Log, Table, UndoLog


@frozen
class Published:
    """An event that was committed, with its place in the order of all."""

    number: int
    event: Event


AnAggregate = TypeVar("AnAggregate", bound=Aggregate)


@define
class UnitOfWork:
    """One transaction's queue of writes.

    Nothing awaits while the queue is applied, so no other task sees half of it.
    """

    outbox: Log[Published]
    undo_log: UndoLog
    _queue: list[tuple[Phase, Callable[[], None]]] = field(factory=list)

    def later(self, write: Callable[[], None], phase: Phase = Phase.SAVE) -> None:
        self._queue.append((phase, write))

    def save(self, table: Table[UUID, AnAggregate], key: UUID, aggregate: AnAggregate) -> None:
        """Queue a version-guarded save of an aggregate and its events."""
        self.later(lambda: self._save(table, key, aggregate))

    def publish(self, *events: Event) -> None:
        self.later(lambda: self._publish(events))

    def commit(self) -> None:
        try:
            for _, write in sorted(self._queue, key=lambda queued: queued[0]):
                write()
        except BaseException:
            self.undo_log.undo()
            raise
        self.undo_log.forget()

    def _save(self, table: Table[UUID, AnAggregate], key: UUID, aggregate: AnAggregate) -> None:
        saved = table.get(key)
        if aggregate.version != (saved.version if saved else 0):
            raise ConcurrentChange
        table.put(key, aggregate.saved)
        self._publish(aggregate.events)

    def _publish(self, events: tuple[Event, ...]) -> None:
        for event in events:
            self.outbox.append(Published(len(self.outbox) + 1, event))
