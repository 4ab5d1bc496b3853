"""Committed events: first in the outbox, without a position, then in the log."""

import secrets
import time
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from attrs import define, field, frozen

from ece_adapters.storage.event_origin import Origin
from ece_domain.kernel import Clock, Event, EventLogExtent, NewId, RecordedEvent

from .table import Log, Table, UndoLog


@frozen(kw_only=True)
class Published:
    """A committed event without a position."""

    id: UUID
    origin: Origin
    recorded_at: datetime
    event: Event


def new_event_id() -> UUID:
    """A UUID version 7 (RFC 9562, 5.7), made here as this store runs with attrs alone."""
    milliseconds = time.time_ns() // 1_000_000
    high = milliseconds << 16 | 7 << 12 | secrets.randbits(12)
    return UUID(int=high << 64 | 2 << 62 | secrets.randbits(62))


@define
class EventTables:
    """Events by the number of their transaction and their index in it.

    As with a sequence of PostgreSQL, a number may be assigned long before its transaction commits.
    """

    undo_log: UndoLog
    new_id: NewId
    clock: Clock
    log: Log[RecordedEvent] = field(init=False)
    _waiting: Table[tuple[int, int], Published] = field(init=False)
    position: int = 0
    """The last assigned position."""
    _number: int = 0
    _last_in_order: int = 0

    def __attrs_post_init__(self) -> None:
        self.log = Log(self.undo_log)
        self._waiting = Table(self.undo_log)

    def __iter__(self) -> Iterator[Published]:
        """Events without a position, in the order of commits."""
        return iter(self._waiting)

    def everything(self) -> Iterator[Event]:
        """All published events."""
        yield from (recorded.event for recorded in self.log)
        yield from (published.event for published in self)

    def draw_number(self) -> int:
        self._number += 1
        return self._number

    def publish(self, number: int, origin: Origin, events: tuple[Event, ...]) -> None:
        for event in events:
            self._last_in_order += 1
            self._waiting.put(
                (number, self._last_in_order),
                Published(id=self.new_id(), origin=origin, recorded_at=self.clock(), event=event),
            )

    def assign_positions(self, limit: int) -> int:
        moved = sorted(self._waiting.items(), key=lambda item: item[0])[:limit]
        for key, published in moved:
            self._waiting.remove(key)
            self.position += 1
            self.log.append(
                RecordedEvent(
                    position=self.position,
                    id=published.id,
                    actor_id=published.origin.actor_id,
                    cause_id=published.origin.cause_id,
                    recorded_at=published.recorded_at,
                    event=published.event,
                )
            )
        return len(moved)


@define
class MemoryEventLog:
    _outbox: EventTables
    _undo_log: UndoLog

    async def assign_positions(self, limit: int) -> int:
        moved = self._outbox.assign_positions(limit)
        self._undo_log.forget()  # a separate transaction
        return moved

    async def read_after(self, position: int, limit: int) -> tuple[RecordedEvent, ...]:
        log = self._outbox.log
        start = bisect_right(log, position, key=attrgetter("position"))
        return log.between(start, start + limit)

    async def extent(self) -> EventLogExtent:
        log = self._outbox.log
        positions = [recorded.position for recorded in log]
        return EventLogExtent(
            first=min(positions, default=0),
            last=max(positions, default=0),
            count=len(set(positions)),
            given=self._outbox.position,
        )
