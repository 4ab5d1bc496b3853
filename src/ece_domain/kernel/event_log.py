"""The log of all committed events in one order, so that a follower misses none.

A transaction inserts its events into the outbox without a position, because the order of commits
is not known before the commit. A sequencer then assigns positions to committed events. Positions
have no gaps and grow at the end only, so a reader of one position has seen all earlier events.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol, final
from uuid import UUID

from attrs import frozen

from .events import Event
from .ports import Begin

BATCH: Final = 1_000


@frozen(kw_only=True)
class RecordedEvent:
    """An event with its position and the actor and cause of its transaction."""

    position: int
    """From 1 without gaps; for each subject in the order of commits."""
    id: UUID
    actor_id: UUID | None
    """The user who acted; None for the exchange itself."""
    cause_id: UUID | None
    """The idempotent request or the event that led to it."""
    recorded_at: datetime
    event: Event


@frozen(kw_only=True)
class EventLogExtent:
    """The positions in the log (old events are pruned), and the last one ever assigned."""

    first: int
    last: int
    count: int
    given: int

    @property
    def violation(self) -> str | None:
        """The violation, or None."""
        if self.count and self.count != self.last - self.first + 1:
            return f"holds {self.count} events from position {self.first} to {self.last}"
        if self.count and self.last != self.given:
            return f"ends at position {self.last}, the last one given is {self.given}"
        return None


class EventLog(Protocol):
    """The events of every context."""

    async def assign_positions(self, limit: int) -> int:
        """Move the next committed events from the outbox to the end of the log, immediately.

        Returns their number; 0 also while another process assigns positions.
        """

    async def read_after(self, position: int, limit: int) -> Sequence[RecordedEvent]:
        """The events after the position; 0 is before the first."""

    async def extent(self) -> EventLogExtent:
        """The positions and the count of all events, for the audit."""


class Outbox(Protocol):
    """Publishes events other than those of saved aggregates."""

    def publish(self, *events: Event) -> None:
        """Queue events, to be published if the transaction commits."""


class EventLogTransaction(Protocol):
    """A transaction that publishes events and reads and extends the log."""

    @property
    def outbox(self) -> Outbox: ...

    @property
    def event_log(self) -> EventLog: ...


@final
@frozen
class SequenceEvents:
    """Assign positions to all committed events; for a periodic job, about once a second.

    Any number of processes may run it at the same time; one of them does the work.
    """

    begin: Begin[EventLogTransaction]

    async def __call__(self) -> int:
        """The number of events that got a position."""
        sequenced = 0
        while True:
            async with self.begin() as transaction:
                moved = await transaction.event_log.assign_positions(BATCH)
            sequenced += moved
            if moved < BATCH:
                return sequenced
