"""The unit of work: queues a transaction's writes and applies all or none of them."""

from collections.abc import Callable
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from attrs import define, field, frozen

from ece_adapters.storage.event_origin import UNKNOWN_ORIGIN, OnCommit, Origin, ignore
from ece_adapters.storage.write_order import NO_ROW, Phase, Row, WriteOrder
from ece_domain.kernel import Aggregate, ConcurrentChange, Event

from .event_log import EventTables
from .row_locks import RowLocks
from .table import Table, UndoLog

AnAggregate = TypeVar("AnAggregate", bound=Aggregate)


@frozen
class _Write:
    """``rows`` are all rows that it changes and that others may have locked."""

    order: WriteOrder
    apply: Callable[[], None]
    rows: tuple[Row, ...]


@define
class UnitOfWork:
    """One transaction's queue of writes.

    The queue is applied without an ``await``, so no other task sees a part of it. Before that, the
    transaction waits for rows that others have locked, as in PostgreSQL.
    """

    outbox: EventTables
    undo_log: UndoLog
    locks: RowLocks
    origin: Origin = UNKNOWN_ORIGIN
    on_commit: OnCommit = ignore
    _queue: list[_Write] = field(factory=list)
    _owner: object = field(factory=object)
    _number: int | None = None
    _published: list[Event] = field(factory=list)

    async def lock(self, row: Row) -> None:
        """Lock a row to the end of the transaction; others wait for it in the order of calls.

        :raises LockTimeout: if another transaction keeps it locked for too long.
        """
        await self.locks.lock(row, self._owner)

    async def try_lock(self, row: Row) -> bool:
        """Lock a row to the end of the transaction, unless another transaction has it."""
        if not self.locks.is_free(row, self._owner):
            return False
        await self.lock(row)
        return True

    def later(
        self,
        write: Callable[[], None],
        phase: Phase = Phase.SAVE,
        row: Row = NO_ROW,
        rows: tuple[Row, ...] = (),
    ) -> None:
        """Queue a write. ``row`` decides its order; ``rows`` are others that it changes."""
        own = () if row == NO_ROW else (row,)
        self._queue.append(_Write(WriteOrder(phase, row), write, (*own, *rows)))

    def save(
        self,
        table: Table[UUID, AnAggregate],
        key: UUID,
        aggregate: AnAggregate,
    ) -> None:
        """Queue a version-guarded save of an aggregate and its events."""
        self.later(lambda: self.save_now(table, key, aggregate), row=(table.name, str(key)))
        self.publish(*aggregate.events)

    def require_unchanged(
        self, table: Table[UUID, AnAggregate], key: UUID, aggregate: AnAggregate
    ) -> None:
        """Queue a check that an aggregate still has this version."""
        row = (table.name, str(key))
        self.later(lambda: self._require_version(table, key, aggregate.version), row=row)

    def publish(self, *events: Event) -> None:
        self.later(lambda: self._publish(events), Phase.PUBLISH)

    def publish_now(self, event: Event) -> None:
        """Record an event of a queued write, which knows the event only when it runs."""
        self._publish((event,))

    def draw_number(self) -> int:
        """The number of the transaction's events: assigned once, at the latest at the commit."""
        if self._number is None:
            self._number = self.outbox.draw_number()
        return self._number

    async def commit(self) -> None:
        """:raises LockTimeout: if another transaction keeps a row locked for too long."""
        queue = sorted(self._queue, key=attrgetter("order"))
        rows = sorted({row for write in queue for row in write.rows})
        if not all(self.locks.is_free(row, self._owner) for row in rows):
            for row in rows:
                await self.locks.lock(row, self._owner)
        try:
            for write in queue:
                write.apply()
        except BaseException:
            self.undo_log.undo()
            raise
        self.undo_log.forget()
        if self._published:
            self.on_commit(self.origin.actor_id, self._published)

    def end(self) -> None:
        """Release all locks."""
        self.locks.release(self._owner)

    def save_now(self, table: Table[UUID, AnAggregate], key: UUID, aggregate: AnAggregate) -> None:
        """A save that is applied at once, for a queued write that consists of several."""
        self._require_version(table, key, aggregate.version)
        table.put(key, aggregate.saved)

    def _require_version(self, table: Table[UUID, AnAggregate], key: UUID, version: int) -> None:
        saved = table.get(key)
        if version != (saved.version if saved else 0):
            raise ConcurrentChange

    def _publish(self, events: tuple[Event, ...]) -> None:
        if events:
            self.outbox.publish(self.draw_number(), self.origin, events)
            self._published += events
