"""One exchange with servers and clients that act at random; every write is checked."""

import asyncio
import random
from bisect import insort
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from attrs import define, field, frozen

from ece_domain.identity import EmailAddress, Handle, PasswordHash, Role, User, UserId
from ece_domain.kernel import (
    ConcurrentChange,
    DomainError,
    IdempotencyKey,
    IdempotentResult,
    Unavailable,
)

from .faulty_store import FaultyStore
from .process import Process
from .seeded_loop import SeededLoop
from .trace import in_short

EPOCH = datetime(2026, 7, 1, 12, tzinfo=UTC)
COLLECTORS = 5
CLIENTS = 8
PROCESSES = 2
PAUSES = (0.0, 0.0, 0.01, 0.3, 1.0)
LIFETIMES = (0.4, 1.0, 5.0, 20.0)
"""Seconds until holds and listings expire: short, so that expiries collide with purchases."""
TICK = timedelta(microseconds=1)
"""The smallest difference between two moments."""
EARLY = timedelta(seconds=-0.3)
"""Seconds before an expiry: a slow client that starts then decides before it and ends after."""


class Violated(AssertionError):
    """An invariant was violated."""


class Context(Protocol):
    """The part of a world that belongs to one context; it is defined in one file."""

    share: int
    """The share of turns for its actions, relative to other contexts; 0 if it has no actions."""

    async def start(self, process: Process) -> Any:
        """The use cases of a started process, as callable attributes."""

    async def set_up(self) -> None:
        """Prepare the world, before faults begin."""

    def actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """The actions of clients."""

    def check(self) -> None:
        """:raises Violated: if a change since the last call violates an invariant."""

    async def settle_down(self) -> None:
        """Finish everything pending, after faults have ended."""

    def check_at_the_end(self) -> None:
        """:raises Violated: if anything is wrong, stuck, lost or doubled."""


@frozen(cache_hash=True)
class Asked:
    """A keyed request of a client, which can be sent again."""

    context: Context
    what: str
    content: tuple[tuple[str, object], ...]
    key: IdempotencyKey


@frozen
class Edge:
    """The expiry of a hold or listing, and what clients may try at that moment."""

    moment: datetime
    is_pending: Callable[[], bool]
    sweep: Callable[[], Awaitable[None]]
    """Records what has expired."""
    actions: tuple[Callable[[], Awaitable[None]], ...]


@define(eq=False)
class World:
    """The store, the servers, the clock, the users and their requests."""

    chance: random.Random
    loop: SeededLoop
    fault_rate: float = 0.04
    trace: Callable[[str], None] | None = None
    store: FaultyStore = field(init=False)
    processes: list[Process] = field(init=False)
    users: list[UserId] = field(factory=list)
    contexts: list[Context] = field(factory=list)
    edges: list[Edge] = field(factory=list)
    asked: list[Asked] = field(factory=list)
    answers: dict[Asked, Any] = field(factory=dict)
    counts: Counter[str] = field(factory=Counter)
    _acting: list[Context] = field(factory=list)
    _ids: int = 0

    def __attrs_post_init__(self) -> None:
        self.store = FaultyStore(self.chance, 0.0, self._after_a_write, self._slowest)
        self.processes = [Process(f"server {number}") for number in range(1, PROCESSES + 1)]

    def clock(self) -> datetime:
        return EPOCH + timedelta(seconds=self.loop.time())

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=(self._ids << 64) | self.chance.getrandbits(62))

    def key(self) -> IdempotencyKey:
        """A new idempotency key; sometimes one that was used before."""
        if self.store.fault_rate and self.chance.random() < 0.1:
            return self.chance.choice(self.asked).key
        return IdempotencyKey(f"key-{len(self.asked)}")

    async def set_up(self, *contexts: Context) -> None:
        self.contexts += contexts
        self._acting += [context for context in contexts for _ in range(context.share)]
        for number in range(COLLECTORS):
            user = User.register(
                UserId(self.new_id()),
                email=EmailAddress(f"collector{number}@example.com"),
                handle=Handle(f"collector{number}"),
                password_hash=PasswordHash("unusable"),
                role=Role.COLLECTOR,
                now=self.clock(),
            )
            async with self.store.begin() as transaction:
                transaction.users.save(user)
            self.users.append(user.id)
        for process in self.processes:
            await self._start(process)
        for context in contexts:
            try:
                await context.set_up()
            except DomainError as refusal:  # nothing is refused while there are no faults
                raise Violated(f"the set-up is refused: {refusal}") from refusal
        self.store.fault_rate = self.fault_rate

    async def live(self, actions: int) -> None:
        """Run all clients concurrently; then end the faults and settle everything."""
        disasters = asyncio.ensure_future(self._crash_now_and_then())
        await asyncio.gather(*(self._client(actions // CLIENTS) for _ in range(CLIENTS)))
        disasters.cancel()
        await self.come_to_rest()

    async def come_to_rest(self) -> None:
        """Repeat every request until it is answered, finish what is due, and check everything."""
        self.store.fault_rate = 0.0
        self.store.in_a_hurry += 1
        for process in self.processes:
            if not process.is_up:
                await self._start(process)
        for asked in self.asked:
            await self._ask_again(asked)
        await asyncio.sleep(max(LIFETIMES))
        for context in self.contexts:
            await context.settle_down()
        for context in self.contexts:
            context.check()
            context.check_at_the_end()

    def expires(
        self,
        moment: datetime,
        is_pending: Callable[[], bool],
        sweep: Callable[[], Awaitable[None]],
        *actions: Callable[[], Awaitable[None]],
    ) -> None:
        """Let clients act at the moment of the expiry or next to it, against the expiry job."""
        edge = Edge(moment, is_pending, sweep, actions)
        insort(self.edges, edge, key=lambda edge: edge.moment)

    async def call(self, context: Context, what: str, **content: object) -> Any:
        """Call a use case once, on whichever server takes it.

        :raises DomainError: if it is refused, or no answer comes.
        """
        running = [process for process in self.processes if process.is_up]
        if not running:
            raise Unavailable(what="all servers")
        process = self.chance.choice(running)
        hang_up_after = None
        if self.store.fault_rate and self.chance.random() < 0.04:
            self.counts["clients hung up"] += 1
            hang_up_after = self.chance.choice((0.0, 0.001, 0.02, 0.5))
        self.counts["operations"] += 1
        use_case = getattr(process.desks[context], what)
        try:
            answer = await process.answer(use_case(**content), hang_up_after)
        except DomainError as refusal:
            self.counts[refusal.code] += 1
            is_cut_off = isinstance(refusal, Unavailable) and refusal.what == process.name
            self.counts["calls cut off"] += is_cut_off
            self._tell(process, what, content, refusal)
            raise
        self._tell(process, what, content, answer)
        return answer

    async def ask(self, context: Context, what: str, **content: object) -> Any:
        """Send a keyed request as clients do: again after a fault, sometimes twice at once.

        :raises DomainError: if it is refused.
        """
        asked = Asked(context, what, tuple(content.items()), self.key())
        self.asked.append(asked)
        if self.chance.random() < 0.2:
            self.counts["sent twice at once"] += 1
            first, _ = await at_once(self._send(asked), self._send(asked))
            return first
        return await self._send(asked)

    def remember(self, asked: Asked, answer: IdempotentResult[Any]) -> None:
        """:raises Violated: if the same request had another result before."""
        self.counts["replays seen" if answer.is_replayed else "effects"] += 1
        earlier = self.answers.setdefault(asked, answer.value)
        if earlier is not answer.value and earlier != answer.value:
            raise Violated(f"{asked.key.text} was answered twice, and differently")

    async def _send(self, asked: Asked) -> Any:
        """Retry until there is a result or the retries are used up; it may be sent again later."""
        for attempt in range(6):
            try:
                answer = await self._send_once(asked)
            except (Unavailable, ConcurrentChange):
                if attempt == 5 or self.chance.random() < 0.1:
                    raise
                await asyncio.sleep(self.chance.choice((0.0, 0.05, 0.2, 1.0)))
            else:
                self.remember(asked, answer)
                return answer.value
        raise AssertionError

    async def _send_once(self, asked: Asked) -> IdempotentResult[Any]:
        return await self.call(asked.context, asked.what, **dict(asked.content), key=asked.key)

    async def _ask_again(self, asked: Asked) -> None:
        """The client returns later: acknowledged effects must still exist."""
        was_answered = asked in self.answers
        try:
            self.remember(asked, await self._send_once(asked))
        except Unavailable as silence:
            if not self.store.fault_rate:
                raise Violated(f"{asked.key.text} is stuck: {silence}") from silence
        except DomainError as refusal:
            if was_answered:
                raise Violated(f"{asked.key.text} was answered, and then {refusal}") from refusal

    async def _client(self, actions: int) -> None:
        """Act; errors and lost responses do not stop the client."""
        for _ in range(actions):
            action = await self._next_action()
            try:
                await action()
            except DomainError:
                self.counts["gave up"] += 1

    async def _next_action(self) -> Callable[[], Awaitable[None]]:
        kind = self.chance.random()
        if kind < 0.05 and self.asked:
            self.counts["sent again after later ones"] += 1
            return partial(self._ask_again, self.chance.choice(self.asked))
        if kind < 0.25:
            soon = self.clock() + timedelta(seconds=3)
            to_come = self._edges_to_come()
            near = [edge for edge in to_come if edge.moment < soon and edge.is_pending()]
            if near:
                return partial(self._meet_at, self.chance.choice(near))
        await asyncio.sleep(self.chance.choice(PAUSES))
        return self.chance.choice(self.chance.choice(self._acting).actions())

    async def _meet_at(self, edge: Edge) -> None:
        """Act at an expiry: just before, just after, or so early that the action ends then."""
        await self._sleep_until(edge.moment + EARLY)
        is_hasty = self.chance.random() < 0.3
        self.store.in_a_hurry += is_hasty
        try:
            clients = self.chance.choices(edge.actions, k=self.chance.choice((1, 2, 2)))
            await at_once(
                self._come_to(edge, edge.sweep, (0 * TICK, TICK)),
                *(self._come_to(edge, act, (EARLY, EARLY, -TICK, 0 * TICK)) for act in clients),
            )
        finally:
            self.store.in_a_hurry -= is_hasty

    async def _come_to(
        self, edge: Edge, action: Callable[[], Awaitable[None]], when: Sequence[timedelta]
    ) -> None:
        await self._sleep_until(edge.moment + self.chance.choice(when))
        try:
            await action()
        finally:
            late = abs(self.clock() - edge.moment)
            self.counts["done within a second of an expiry"] += late <= timedelta(seconds=1)
            self.counts["done within a microsecond of an expiry"] += late <= TICK

    async def _sleep_until(self, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - self.clock()).total_seconds()))

    async def _crash_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self.chance.choice((0.5, 1.5, 4.0)))
            process = self.chance.choice(self.processes)
            self.counts["crashes"] += 1
            process.crash()
            self._say(f"{process.name} crashes")
            await asyncio.sleep(self.chance.choice((0.0, 0.3, 1.5)))
            await self._start(process)
            self._say(f"{process.name} is up again")

    async def _start(self, process: Process) -> None:
        process.starts += 1
        process.desks = {context: await context.start(process) for context in self.contexts}
        process.is_up = True

    def _edges_to_come(self) -> list[Edge]:
        now = self.clock()
        while self.edges and self.edges[0].moment <= now:
            del self.edges[0]
        return self.edges

    def _slowest(self) -> float:
        """Wait half a second, or until something expires."""
        edges = self._edges_to_come()
        left = (edges[0].moment - self.clock()).total_seconds() if edges else 1.0
        return left if left < 1.0 else 0.5

    def _after_a_write(self) -> None:
        self.counts["checks after a write"] += 1
        for context in self.contexts:
            context.check()

    def _tell(self, process: Process, what: str, content: dict[str, Any], outcome: object) -> None:
        if self.trace is not None:
            asked = " ".join(f"{name}={in_short(value)}" for name, value in content.items())
            self._say(f"{process.name}  {what} {asked} -> {in_short(outcome)}")

    def _say(self, what: str) -> None:
        if self.trace is not None:
            self.trace(f"{self.clock():%H:%M:%S.%f}  {what}")


async def at_once(*calls: Awaitable[Any]) -> list[Any]:
    """Run all to their ends; raise a violation before any other error."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    for failure in sorted(failures, key=lambda failure: isinstance(failure, DomainError)):
        raise failure
    return outcomes
