"""Followers of the event log, and the invariants of what they read."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from types import SimpleNamespace

from attrs import define, field

from ece_adapters.memory.ledger.tables import Recorded
from ece_domain.kernel import RecordedEvent, SequenceEvents, Unavailable
from ece_domain.ledger import SettlementPosted

from .process import Process
from .world import Violated, World

_PAGE = 7
"""Events per read: few, so that other tasks run between reads."""
_RESTS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between reads: the first after events, the others after empty reads."""


@define(eq=False)
class EventsLife:
    """A sequencer in every process, and a follower that reads by position in each of them.

    The followers share what they have seen, as processes share a position that they have stored.
    """

    share = 0

    world: World
    seen: list[RecordedEvent] = field(factory=list)

    async def start(self, process: Process) -> SimpleNamespace:
        sequence = SequenceEvents(self.world.store.begin)
        process.keep(self._sequence_and_follow(sequence))
        return SimpleNamespace(sequence=sequence)

    async def set_up(self) -> None:
        """Nothing to prepare."""

    def actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """Clients do nothing with events."""
        return ()

    def check(self) -> None:
        """Nothing per change: published events are checked at the end."""

    async def settle_down(self) -> None:
        await self.world.call(self, "sequence")
        while await self._follow():
            pass

    def check_at_the_end(self) -> None:
        outbox = self.world.store.database.outbox
        if left := len(list(outbox)):
            raise Violated(f"{left} events have no position")
        if [recorded.position for recorded in self.seen] != list(range(1, len(self.seen) + 1)):
            raise Violated("positions have gaps")
        ids = [recorded.id for recorded in self.seen]
        if len(ids) != len(set(ids)):
            raise Violated("an event was seen twice")
        if len(ids) != len(outbox.log):
            raise Violated("an event was missed")
        told = Counter(
            recorded.event.settlement_id
            for recorded in self.seen
            if isinstance(recorded.event, SettlementPosted)
        )
        if told != Counter(recorded.receipt.id for recorded in self._settlements()):
            raise Violated("a settlement was not told of, or more than once")
        self.world.counts["events followed"] += len(ids)

    def _settlements(self) -> Iterable[Recorded]:
        return self.world.store.database.ledger.settlements

    async def _sequence_and_follow(self, sequence: SequenceEvents) -> None:
        idle_rounds = 0
        while True:
            await asyncio.sleep(_RESTS[min(idle_rounds, len(_RESTS) - 1)])
            seen = len(self.seen)
            try:
                await sequence()
                while await self._follow():
                    pass
            except Unavailable:
                self.world.counts["events were out of reach"] += 1
            idle_rounds = idle_rounds + 1 if len(self.seen) == seen else 0

    async def _follow(self) -> bool:
        last = self.seen[-1].position if self.seen else 0
        async with self.world.store.begin() as transaction:
            page = await transaction.event_log.read_after(last, _PAGE)
        if (self.seen[-1].position if self.seen else 0) == last:
            self.seen += page
        return bool(page)
