"""The events of all transactions in one order, which can be followed without missing any.

Transactions that commit leave their events in the outbox, without a position: whatever a store
could number before the commit would be overtaken by a transaction that commits later. A sequencer
gives committed events their positions. They are dense and only ever added at the end, so whoever
has read up to a position has seen everything before it.
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
    """An event, and what the transaction that published it was."""

    position: int
    """1, 2, 3 and so on, in the order of commits for each subject."""
    id: UUID
    actor_id: UUID | None
    """The user who acted; None for the exchange itself."""
    cause_id: UUID | None
    """The idempotent request or the event that led to it."""
    recorded_at: datetime
    event: Event


@frozen(kw_only=True)
class EventLogExtent:
    """Which positions the log holds, old events being pruned, and the last one ever given."""

    first: int
    last: int
    count: int
    given: int

    @property
    def violation(self) -> str | None:
        """What is wrong with it, if anything is."""
        if self.count and self.count != self.last - self.first + 1:
            return f"holds {self.count} events from position {self.first} to {self.last}"
        if self.count and self.last != self.given:
            return f"ends at position {self.last}, the last one given is {self.given}"
        return None


class EventLog(Protocol):
    """The events of every context."""

    async def assign_positions(self, limit: int) -> int:
        """Move the next committed events from the outbox to the end of the log, at once.

        Gives how many these were: 0 also while another process assigns positions.
        """

    async def read_after(self, position: int, limit: int) -> Sequence[RecordedEvent]:
        """The events that follow the position; 0 is before the first."""

    async def extent(self) -> EventLogExtent:
        """What the audit needs to know: it counts all events."""


class Outbox(Protocol):
    """Where a transaction leaves events of its own, beside those of what it saves."""

    def publish(self, *events: Event) -> None:
        """Queue events: they are known once the transaction is committed, and never otherwise."""


class EventLogTransaction(Protocol):
    """A transaction in which events can be published, and the log read and continued."""

    @property
    def outbox(self) -> Outbox: ...

    @property
    def event_log(self) -> EventLog: ...


@final
@frozen
class SequenceEvents:
    """Give every committed event its position: to be called every second or so.

    Any number of processes may call it at the same time; one of them does the work.
    """

    begin: Begin[EventLogTransaction]

    async def __call__(self) -> int:
        """How many events got a position."""
        sequenced = 0
        while True:
            async with self.begin() as transaction:
                moved = await transaction.event_log.assign_positions(BATCH)
            sequenced += moved
            if moved < BATCH:
                return sequenced
