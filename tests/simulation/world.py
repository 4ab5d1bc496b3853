"""One exchange with its collectors: they act at random, and the world watches every commit."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

from attrs import define, field, frozen

from ece_domain.cards import CardId
from ece_domain.identity import EmailAddress, Handle, PasswordHash, Role, User, UserId
from ece_domain.kernel import Answer, ConcurrentChange, DomainError, RequestKey, Unavailable
from ece_domain.ledger import CheckBooks

from .faulty_store import FaultyStore
from .seeded_loop import SeededLoop

EPOCH = datetime(2026, 7, 1, 12, tzinfo=UTC)
COLLECTORS = 5
CARDS = 8
LIFETIMES = (0.4, 1.0, 5.0, 60.0)
"""Seconds until things expire: short enough that expiries meet purchases."""

A = TypeVar("A")


class Violated(AssertionError):
    """A promise was broken."""


class Context(Protocol):
    """What a business context adds to a world. It plugs in by one file."""

    async def set_up(self) -> None:
        """Prepare what its actions need; no faults happen yet."""

    def actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """What collectors do, each with chances of its own."""

    def check(self) -> None:
        """:raises Violated: if a promise of the context is broken now."""

    async def settle_down(self) -> None:
        """Finish what is pending; faults have ended."""

    def check_at_the_end(self) -> None:
        """:raises Violated: if something is stuck, lost or doubled."""


@frozen(eq=False)
class Asked:
    """A keyed request of a client, and how to send it again."""

    send: Callable[[RequestKey], Awaitable[Answer[Any]]]
    key: RequestKey


@define
class World:
    """The store, the clock, the people and the memory of what they asked for."""

    chance: random.Random
    loop: SeededLoop
    fault_rate: float = 0.04
    trace: Callable[[str], None] | None = None
    store: FaultyStore = field(init=False)
    users: list[UserId] = field(factory=list)
    cards: list[CardId] = field(factory=list)
    contexts: list[Context] = field(factory=list)
    asked: list[Asked] = field(factory=list)
    answers: dict[Asked, Any] = field(factory=dict)
    counts: Counter[str] = field(factory=Counter)
    _ids: int = 0

    def __attrs_post_init__(self) -> None:
        self.store = FaultyStore(self.chance, 0.0, self._after_commit)

    def clock(self) -> datetime:
        return EPOCH + timedelta(seconds=self.loop.time())

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=(self._ids << 64) | self.chance.getrandbits(62))

    def key(self) -> RequestKey:
        """A fresh key; now and then one that somebody else, or oneself, has used before."""
        if self.store.fault_rate and self.chance.random() < 0.1:
            return self.chance.choice(self.asked).key
        return RequestKey(f"key-{len(self.asked)}")

    async def set_up(self, *contexts: Context) -> None:
        self.contexts += contexts
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
        for context in contexts:
            await context.set_up()
        self.store.fault_rate = self.fault_rate

    async def live(self, actions: int) -> None:
        """Let everybody act, several at a time; then let the faults end and all come to rest."""
        people = asyncio.Semaphore(6)

        async def one() -> None:
            async with people:
                await asyncio.sleep(self.chance.choice((0.0, 0.01, 0.3, 0.999, 1.0)))
                context = self.chance.choice(self.contexts)
                await self._survive(self.chance.choice(context.actions()))

        await asyncio.gather(*(one() for _ in range(actions)))
        await self.come_to_rest()

    async def come_to_rest(self) -> None:
        """Send every request again until it is answered, finish what is due, and take stock."""
        self.store.fault_rate = 0.0
        for asked in self.asked:
            await self._ask_again(asked)
        await asyncio.sleep(2 * max(LIFETIMES))
        for context in self.contexts:
            await context.settle_down()
        for context in self.contexts:
            context.check()
            context.check_at_the_end()

    async def ask(self, send: Callable[[RequestKey], Awaitable[Answer[A]]], key: RequestKey) -> A:
        """Send a keyed request as clients do: again after a fault, sometimes twice at once.

        :raises DomainError: if it is refused.
        """
        asked = Asked(send, key)
        self.asked.append(asked)
        if self.chance.random() < 0.2:
            self.counts["sent twice at once"] += 1
            first, other = await asyncio.gather(
                self._send(asked), self._send(asked), return_exceptions=True
            )
            for outcome in (first, other):
                if isinstance(outcome, BaseException):
                    raise outcome
            return first  # type: ignore[return-value]  # exceptions were raised above
        return await self._send(asked)

    def remember(self, asked: Asked, answer: Answer[Any]) -> None:
        """:raises Violated: if the same request was answered otherwise before."""
        self.counts["replayed" if answer.replayed else "answered"] += 1
        earlier = self.answers.setdefault(asked, answer.value)
        if earlier != answer.value:
            raise Violated(f"{asked.key} was answered twice, and differently")

    async def _send(self, asked: Asked) -> Any:
        for attempt in range(6):
            try:
                answer = await asked.send(asked.key)
            except (Unavailable, ConcurrentChange):
                if attempt == 5:
                    raise
                await asyncio.sleep(self.chance.choice((0.0, 0.05, 0.2)))
            else:
                self.remember(asked, answer)
                return answer.value
        raise AssertionError

    async def _ask_again(self, asked: Asked) -> None:
        """The client comes back much later. What was acknowledged must still be so."""
        try:
            self.remember(asked, await asked.send(asked.key))
        except DomainError as refusal:
            if asked in self.answers:
                raise Violated(f"{asked.key} was acknowledged, and then {refusal}") from refusal

    async def _survive(self, action: Callable[[], Awaitable[None]]) -> None:
        """Act, be refused, be cancelled: whatever happens to a client, the exchange goes on."""
        task = asyncio.ensure_future(action())
        if self.chance.random() < 0.1:
            self.counts["cancelled"] += 1
            self.loop.call_later(self.chance.choice((0.0, 0.001, 0.02, 0.5)), task.cancel)
        try:
            await task
        except DomainError as refusal:
            self.counts[refusal.code] += 1
            self._tell(f"refused: {refusal}")
        except asyncio.CancelledError:
            self._tell("gone")

    def _after_commit(self) -> None:
        self.counts["commits"] += 1
        for context in self.contexts:
            context.check()

    def _tell(self, what: str) -> None:
        if self.trace is not None:
            self.trace(f"{self.loop.time():9.3f} s  {what}")


def books_violated(world: World) -> str | None:
    """The first broken invariant of the ledger, I1 to I5, or None.

    The memory store answers without waiting, so the check runs to its end in one go.
    """
    check = CheckBooks(world.store.database.begin)()
    try:
        check.send(None)  # type: ignore[attr-defined]  # a coroutine, whatever the annotation says
    except StopIteration as done:
        violations = done.value.violations
        return str(violations[0]) if violations else None
    raise AssertionError("the memory store waited")
