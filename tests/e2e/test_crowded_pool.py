"""A small connection pool with many requests, some of which are cancelled."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator

import asyncpg
import pytest

from ece_adapters.postgres import PostgresDatabase
from ece_domain.kernel import DomainError, LockTimeout, RequestInFlight, TimedOut
from ece_domain.ledger import SettlementReceipt
from tests.clock import SettableClock
from tests.contract.ledger.stores import assert_sound
from tests.tally import SCALE, Tally
from tests.teller import Teller

CONNECTIONS = 4
CANCELLED = 500 * SCALE


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(postgres_url, connections=CONNECTIONS)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def teller(database: PostgresDatabase, clock: SettableClock) -> Teller:
    return Teller(database, clock)


def checked_out(database: PostgresDatabase) -> int:
    pool = database._pool
    assert pool is not None
    return int(pool.get_size() - pool.get_idle_size())


async def assert_all_free(database: PostgresDatabase) -> None:
    """Wait until the server has cancelled the statement."""
    for _ in range(100):
        if not checked_out(database):
            break
        await asyncio.sleep(0.02)
    assert checked_out(database) == 0
    async with asyncio.timeout(5):
        assert all(await asyncio.gather(*(database.ready() for _ in range(3 * CONNECTIONS))))


async def test_trap_12_two_hundred_requests_share_four_connections(
    database: PostgresDatabase, teller: Teller
):
    people = [await teller.someone(1_000) for _ in range(10)]
    async with asyncio.timeout(30):
        answers = await asyncio.gather(
            *(teller.transfer(people[n % 10], people[(n + 1) % 10], 1) for n in range(200))
        )
    assert len({answer.value.id for answer in answers}) == 200
    assert checked_out(database) == 0
    await assert_sound(database)


@pytest.mark.timeout(300 * SCALE)
async def test_a_request_that_is_given_up_has_its_whole_effect_or_none(
    database: PostgresDatabase, teller: Teller, tally: Tally
):
    """Cancelled at any moment: while it waits for a connection, reads, commits, or is done."""
    giver, taker = await teller.someone(10 * CANCELLED), await teller.someone()
    chance = random.Random(4)
    came_to: Counter[str] = Counter()

    async def give_up(number: int) -> None:
        task = asyncio.create_task(teller.transfer(giver, taker, 1, key=f"transfer-{number}"))
        for _ in range(chance.randrange(12)):
            await asyncio.sleep(0)
        await asyncio.sleep(chance.choice((0, 0.002, 0.01, 0.05, 0.2)))
        task.cancel()
        (result,) = await asyncio.gather(task, return_exceptions=True)
        came_to[type(result).__name__] += 1

    numbers = iter(range(CANCELLED))

    async def work() -> None:
        for number in numbers:
            await give_up(number)

    await asyncio.gather(*(work() for _ in range(2 * CONNECTIONS)))

    await assert_all_free(database)
    assert came_to.total() == came_to["CancelledError"] + came_to["IdempotentResult"]
    kept = await balance(teller, taker)
    assert came_to["IdempotentResult"] <= kept < CANCELLED

    for number in range(CANCELLED):
        answer = await teller.transfer(giver, taker, 1, key=f"transfer-{number}")
        assert isinstance(answer.value, SettlementReceipt)
        came_to["replayed"] += answer.is_replayed
    assert came_to["replayed"] == kept
    assert await balance(teller, taker) == CANCELLED
    await assert_sound(database)
    done = kept - came_to["IdempotentResult"]
    tally.count("requests given up", came_to["CancelledError"], at_least=CANCELLED // 5)
    tally.count("requests given up that were done all the same", done, at_least=SCALE)
    tally.count("requests answered in time", came_to["IdempotentResult"], at_least=CANCELLED // 100)


async def test_a_timeout_of_the_pool_answers_503_with_retry_after(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ece_adapters.postgres.engine.unit_of_work._POOL_PATIENCE", 0.2)
    pool = database._pool
    assert pool is not None
    taken = [await pool.acquire() for _ in range(CONNECTIONS)]
    assert not await database.ready()
    for connection in taken:
        await pool.release(connection)
    await assert_all_free(database)


async def test_a_statement_that_takes_too_long_is_refused_by_name(database: PostgresDatabase):
    async def sleep_long() -> None:
        async with database.begin() as transaction:
            await transaction.unit.fetch("SET statement_timeout = 50")
            await transaction.unit.fetch("SELECT pg_sleep(30)")

    with pytest.raises(TimedOut):
        await sleep_long()
    await assert_all_free(database)


_LOCK_ACCOUNTS = "SELECT FROM ledger_account FOR UPDATE"
_TAKE_KEY = (
    "INSERT INTO idempotency_record (actor_id, key, fingerprint, result)"
    " SELECT id, 'one', '', 'null' FROM identity_user"
)
_LOCK_TABLE = "LOCK TABLE ledger_account IN SHARE MODE"


@pytest.mark.parametrize(
    ("lock", "refusal"),
    [
        (_LOCK_ACCOUNTS, LockTimeout(what="ledger account")),
        (_TAKE_KEY, RequestInFlight()),
        (_LOCK_TABLE, LockTimeout(what="table")),
    ],
    ids=["row", "key", "table"],
)
async def test_a_lock_timeout_names_the_locked_subject(
    database: PostgresDatabase, teller: Teller, lock: str, refusal: DomainError
):
    giver, taker = await teller.someone(100), await teller.someone(100)
    rival = await asyncpg.connect(database.dsn)
    try:
        await rival.execute("BEGIN")
        await rival.execute(lock)
        with pytest.raises(type(refusal)) as refused:
            await teller.transfer(giver, taker, 1, key="one")
        assert refused.value.details == refusal.details
    finally:
        await rival.close()
    assert not (await teller.transfer(giver, taker, 1, key="one")).is_replayed
    await assert_all_free(database)


async def balance(teller: Teller, of) -> int:
    return (await teller.account(of)).balance.amount
