"""Events are recorded with their origin, and followers of the event log miss none."""

import asyncio
import random
from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from attrs import frozen

from ece_adapters.memory import MemoryDatabase
from ece_adapters.postgres.engine.event_rows import INSERT_EVENTS, new_event_id, outbox_columns
from ece_adapters.storage.event_origin import UNKNOWN_ORIGIN
from ece_adapters.system import new_id
from ece_domain import ledger
from ece_domain.identity import Actor, RefreshTokenReused, SessionEnded
from ece_domain.kernel import (
    USD,
    Event,
    IdempotencyKey,
    IdempotentRequest,
    Money,
    SequenceEvents,
    run_once,
)
from tests.contract.conftest import Database
from tests.contract.identity.office import Identity
from tests.contract.ledger.stores import check, tamper

WRITERS = 8
EACH = 500
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@frozen(kw_only=True)
class ClockTicked(Event):
    kind = "test.clock-ticked"
    subject = "clock_id"

    clock_id: UUID
    nth: int


def tick(clock_id: UUID, nth: int = 1) -> ClockTicked:
    return ClockTicked(occurred_at=NOON, clock_id=clock_id, nth=nth)


async def publish(database: Database, *events: Event, **origin: UUID) -> None:
    async with database.begin(**origin) as transaction:
        transaction.outbox.publish(*events)


async def publish_slowly(database: Database, event: Event, seconds: float) -> None:
    """A transaction that numbers its event, and commits later."""
    async with database.begin() as transaction:
        if isinstance(database, MemoryDatabase):
            transaction.outbox.publish(event)
            transaction._unit.draw_number()
        else:
            unit = transaction.unit
            await unit._start((await unit._connect()).transaction())
            await unit.fetch(INSERT_EVENTS, *outbox_columns([event], UNKNOWN_ORIGIN, new_event_id))
        await asyncio.sleep(seconds)


async def write_all(database: Database) -> dict[UUID, list[int]]:
    """Concurrent writers, some with slow commits. Returns the events of each writer."""
    chance = random.Random(7)
    pauses = [[chance.choice((0, 0, 0.001, 0.01)) for _ in range(EACH)] for _ in range(WRITERS)]

    async def write(clock_id: UUID, seconds: list[float]) -> None:
        for nth, pause in enumerate(seconds):
            await publish_slowly(database, tick(clock_id, nth), pause)

    clocks = [uuid4() for _ in pauses]
    await asyncio.gather(*map(write, clocks, pauses))
    return {clock_id: list(range(EACH)) for clock_id in clocks}


async def read_after(database: Database, position: int, limit: int = 1_000) -> tuple:
    async with database.begin() as transaction:
        return await transaction.event_log.read_after(position, limit)


async def everything(database: Database) -> list:
    await SequenceEvents(database.begin)()
    seen: list = []
    while page := await read_after(database, seen[-1].position if seen else 0, 100):
        seen += page
    return seen


async def numbers_after(database: Database, number: int) -> list[tuple[int, UUID]]:
    """The events of the outbox after a number, as a wrong follower would read them."""
    if isinstance(database, MemoryDatabase):
        waiting = sorted(database.outbox._waiting.items())
        return [(key[0], row.id) for key, row in waiting if key[0] > number]
    async with database.begin() as transaction:
        rows = await transaction.unit.fetch(
            "SELECT number, id FROM outbox WHERE number > $1 ORDER BY number", number
        )
    return [(row["number"], row["id"]) for row in rows]


async def test_an_event_is_recorded_with_its_actor_and_its_cause(database):
    clock_id, actor, cause = uuid4(), uuid4(), uuid4()
    await publish(database, tick(clock_id), actor_id=actor, cause_id=cause)
    (recorded,) = await everything(database)

    assert recorded.event == tick(clock_id)
    assert (recorded.position, recorded.actor_id, recorded.cause_id) == (1, actor, cause)
    assert (recorded.event.subject_kind, recorded.event.subject_id) == ("clock", clock_id)
    assert recorded.id.version == 7
    assert recorded.recorded_at.tzinfo is not None


async def test_an_event_of_the_exchange_itself_has_no_actor(database):
    await publish(database, tick(uuid4()))
    (recorded,) = await everything(database)

    assert (recorded.actor_id, recorded.cause_id) == (None, None)


async def test_the_exchange_is_no_actor_by_whichever_name_it_acts(database, clock):
    ann = await Identity(database, clock, set()).register("ann")
    exchange = Actor.exchange()
    await ledger.Deposit(database.begin, clock, new_id)(
        destination=ann.id, money=Money(500, USD), actor=exchange, key=IdempotencyKey("one")
    )
    await publish(database, tick(uuid4()), actor_id=exchange.id)
    recorded = await everything(database)

    assert {each.event.kind: each.actor_id for each in recorded} == {
        "identity.user-registered": ann.id,
        "ledger.settlement-posted": None,
        "test.clock-ticked": None,
    }


async def test_the_event_names_the_user_who_ended_the_session(database, clock):
    people = Identity(database, clock, set())
    ann, bob = await people.register("ann"), await people.register("bob")
    signed = await people.log_in("ann")
    await people.log_out(people.claims(signed).session_id)
    stolen = await people.log_in("bob")
    await people.refresh((await people.refresh(stolen.refresh)).refresh)
    with pytest.raises(RefreshTokenReused):
        await people.refresh(stolen.refresh)

    ended = [
        (recorded.event.reason, recorded.actor_id)
        for recorded in await everything(database)
        if isinstance(recorded.event, SessionEnded)
    ]
    assert ended == [("logged-out", ann.id), ("token-reused", bob.id)]


async def test_a_keyed_request_is_the_cause_of_its_events(database):
    actor = uuid4()
    request = IdempotentRequest.of(actor, IdempotencyKey("one"), "test.tick")

    async def effect(transaction) -> str:
        transaction.outbox.publish(tick(uuid4()))
        return "ticked"

    for _ in range(2):
        await run_once(database.begin, request, str, effect)
    (recorded,) = await everything(database)

    assert (recorded.actor_id, recorded.cause_id) == (actor, request.id)
    assert IdempotentRequest.of(actor, IdempotencyKey("one"), "test.other").id == request.id
    assert IdempotentRequest.of(actor, IdempotencyKey("two"), "test.tick").id != request.id


async def test_events_of_a_transaction_keep_their_order(database):
    clock_id = uuid4()
    await publish(database, *(tick(clock_id, nth) for nth in range(20)))

    assert [recorded.event.nth for recorded in await everything(database)] == list(range(20))


async def test_a_transaction_that_fails_publishes_nothing(database):
    async def publish_and_fail() -> None:
        async with database.begin() as transaction:
            transaction.outbox.publish(tick(uuid4()))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await publish_and_fail()

    assert await everything(database) == []


async def test_an_event_has_no_position_before_the_sequencer_gives_it_one(database):
    await publish(database, tick(uuid4()))
    assert await read_after(database, 0) == ()

    assert await SequenceEvents(database.begin)() == 1
    assert await SequenceEvents(database.begin)() == 0
    assert len(await read_after(database, 0)) == 1
    assert await read_after(database, 1) == ()


async def test_who_numbered_first_and_committed_last_is_not_skipped(database):
    slow = asyncio.ensure_future(publish_slowly(database, tick(uuid4(), 1), 0.3))
    await asyncio.sleep(0.1)
    await publish(database, tick(uuid4(), 2))
    before = await everything(database)
    await slow

    assert [recorded.event.nth for recorded in before] == [2]
    assert [recorded.event.nth for recorded in await everything(database)] == [2, 1]


async def test_who_follows_positions_sees_every_event_once_and_each_subject_in_order(database):
    done = asyncio.Event()
    seen: list = []

    async def sequence() -> None:
        while not done.is_set():
            async with database.begin() as transaction:
                await transaction.event_log.assign_positions(50)
            await asyncio.sleep(0.001)

    async def follow() -> None:
        while True:
            is_last = done.is_set()
            seen.extend(await read_after(database, seen[-1].position if seen else 0))
            if is_last:
                return
            await asyncio.sleep(0.001)

    running = [asyncio.ensure_future(each()) for each in (sequence, sequence, follow)]
    written = await write_all(database)
    await SequenceEvents(database.begin)()
    done.set()
    await asyncio.gather(*running)

    by_subject = defaultdict(list)
    for recorded in seen:
        by_subject[recorded.event.clock_id].append(recorded.event.nth)
    assert by_subject == written
    assert [recorded.position for recorded in seen] == list(range(1, WRITERS * EACH + 1))


async def test_who_follows_numbers_misses_events(database):
    """The control: the writers of the test above commit in another order than their numbers."""
    done = asyncio.Event()
    seen: list[tuple[int, UUID]] = []

    async def follow() -> None:
        while True:
            is_last = done.is_set()
            seen.extend(await numbers_after(database, seen[-1][0] if seen else 0))
            if is_last:
                return
            await asyncio.sleep(0.001)

    following = asyncio.ensure_future(follow())
    await write_all(database)
    done.set()
    await following

    assert len(seen) < WRITERS * EACH
    assert len(await everything(database)) == WRITERS * EACH


async def lose(database: Database, position: int) -> None:
    if isinstance(database, MemoryDatabase):
        rows = database.outbox.log._rows
        rows[:] = [recorded for recorded in rows if recorded.position != position]
        return
    await tamper(database, "DELETE FROM event_log WHERE position = $1", position)


@pytest.mark.parametrize("position", [2, 5])
async def test_i17_the_audit_finds_that_an_event_was_lost(database, position):
    await publish(database, *(tick(uuid4()) for _ in range(5)))
    await SequenceEvents(database.begin)()
    assert (await check(database)).violations == ()
    await lose(database, position)

    (found,) = (await check(database)).violations
    assert (found.invariant, found.subject) == ("I17", "event log")


async def test_i17_the_audit_accepts_that_old_events_are_pruned(database):
    await publish(database, *(tick(uuid4()) for _ in range(3)))
    await SequenceEvents(database.begin)()
    for position in (1, 2, 3):
        assert (await check(database)).violations == ()
        await lose(database, position)
    await publish(database, tick(uuid4()))
    await SequenceEvents(database.begin)()

    assert [recorded.position for recorded in await read_after(database, 0)] == [4]
    assert (await check(database)).violations == ()
