"""Gathers a transaction's writes, and applies them together or not at all."""

from collections.abc import Callable
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from attrs import define, field, frozen

from ece_adapters.storage.event_origin import UNKNOWN_ORIGIN, Origin
from ece_adapters.storage.write_order import NO_ROW, Phase, Row, WriteOrder
from ece_domain.kernel import Aggregate, ConcurrentChange, Event

from .event_log import EventTables
from .row_locks import RowLocks
from .table import Table, UndoLog

AnAggregate = TypeVar("AnAggregate", bound=Aggregate)


@frozen
class _Write:
    """``rows`` are all that it changes of what others may have locked."""

    order: WriteOrder
    apply: Callable[[], None]
    rows: tuple[Row, ...]


@define
class UnitOfWork:
    """One transaction's queue of writes.

    Nothing awaits while the queue is applied, so no other task sees half of it. Before that, the
    transaction waits for rows that others have locked, as it would in PostgreSQL.
    """

    outbox: EventTables
    undo_log: UndoLog
    locks: RowLocks
    origin: Origin = UNKNOWN_ORIGIN
    _queue: list[_Write] = field(factory=list)
    _owner: object = field(factory=object)
    _number: int | None = None

    async def lock(self, row: Row) -> None:
        """Keep a row to the end of the transaction; others who want it wait, in order of arrival.

        :raises LockTimeout: if somebody else keeps it for too long.
        """
        await self.locks.lock(row, self._owner)

    async def try_lock(self, row: Row) -> bool:
        """Keep a row to the end of the transaction, unless somebody else has it."""
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
        """Queue a write. ``row`` decides its place; ``rows`` are others that it changes."""
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
        """Queue a check that an aggregate still is of this version."""
        row = (table.name, str(key))
        self.later(lambda: self._require_version(table, key, aggregate.version), row=row)

    def publish(self, *events: Event) -> None:
        self.later(lambda: self._publish(events), Phase.PUBLISH)

    def publish_now(self, event: Event) -> None:
        """For a queued write that tells of itself, once it knows what to tell."""
        self._publish((event,))

    def draw_number(self) -> int:
        """The number of the transaction's events: drawn once, at the commit at the latest."""
        if self._number is None:
            self._number = self.outbox.draw_number()
        return self._number

    async def commit(self) -> None:
        """:raises LockTimeout: if somebody else keeps a row for too long."""
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

    def end(self) -> None:
        """Give up what was locked."""
        self.locks.release(self._owner)

    def save_now(self, table: Table[UUID, AnAggregate], key: UUID, aggregate: AnAggregate) -> None:
        """The save itself, for a queued write that consists of several."""
        self._require_version(table, key, aggregate.version)
        table.put(key, aggregate.saved)

    def _require_version(self, table: Table[UUID, AnAggregate], key: UUID, version: int) -> None:
        saved = table.get(key)
        if version != (saved.version if saved else 0):
            raise ConcurrentChange

    def _publish(self, events: tuple[Event, ...]) -> None:
        if events:
            self.outbox.publish(self.draw_number(), self.origin, events)
