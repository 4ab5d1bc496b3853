"""PostgreSQL only: one statement in a fixed order, and clients that disappear."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from ece_adapters.postgres import PostgresDatabase, PostgresTransaction
from ece_adapters.postgres.engine.batch import Batch
from ece_domain.kernel import (
    Conflict,
    IdempotencyKey,
    IdempotentRequest,
    Returned,
    TimedOut,
    Unavailable,
    run_once,
)

UNITS = 20


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    owner = await asyncpg.connect(postgres_url)
    await owner.execute("CREATE TABLE unit (id uuid PRIMARY KEY, taker uuid)")
    await owner.execute("GRANT ALL ON unit TO ece_application")
    await owner.execute(
        "INSERT INTO unit SELECT gen_random_uuid() FROM generate_series(1, $1)", UNITS
    )
    await owner.close()
    database = PostgresDatabase(postgres_url, connections=4)
    await database.open()
    yield database
    await database.close()


class SoldOut(Conflict):
    code = "test.sold-out"


async def take_unit(transaction: PostgresTransaction) -> Returned[UUID]:
    """Take one free unit with SKIP LOCKED, as a drop would."""
    return transaction.unit.batch.write_returning(
        Returned(),
        "id",
        "UPDATE unit SET taker = $1 WHERE id ="
        " (SELECT id FROM unit WHERE taker IS NULL LIMIT 1 FOR UPDATE SKIP LOCKED)",
        uuid4(),
        refusal=SoldOut,
    )


async def test_a_write_returns_its_value_into_the_stored_result(database):
    requests = [
        IdempotentRequest.of(uuid4(), IdempotencyKey("one"), "test.take") for _ in range(UNITS)
    ]

    first = [await run_once(database.begin, each, str, take_unit) for each in requests]
    again = [await run_once(database.begin, each, str, take_unit) for each in requests]

    assert len({str(answer.value) for answer in first}) == UNITS
    assert [answer.value for answer in again] == [str(answer.value) for answer in first]
    assert all(answer.is_replayed for answer in again)
    with pytest.raises(SoldOut):
        await run_once(
            database.begin,
            IdempotentRequest.of(uuid4(), IdempotencyKey("two"), "test.take"),
            str,
            take_unit,
        )


async def test_a_returned_value_is_unavailable_before_the_commit(database):
    async with database.begin() as transaction:
        returned = await take_unit(transaction)
        with pytest.raises(RuntimeError):
            _ = returned.value
    assert isinstance(returned.value, UUID)


def test_every_part_is_counted_in_order():
    batch = Batch()
    batch.call("settle($1)", 1)
    batch.write("UPDATE b SET x = $1", 2, row=("b", "1"))
    batch.write("UPDATE a SET x = $1", 3, row=("a", "2"), rows=1)
    batch.write("UPDATE a SET y = $1", 4, row=("a", "1"))

    sql, arguments = batch.statement()

    assert arguments == [4, 3, 2, 1]
    _, _, columns = sql.rpartition(" SELECT (SELECT count")
    assert columns == (
        "(*) FROM part0), require_rows((SELECT count(*) FROM part1), 1, 1),"
        " (SELECT count(*) FROM part2), settle($4) AS returned3"
    )


async def test_a_statement_timeout_costs_no_connection(database):
    async with database.begin() as transaction:
        pid = await backend(transaction)
        await transaction.unit.fetch("SET statement_timeout = 50")
        with pytest.raises(TimedOut):
            await transaction.unit.fetch("SELECT pg_sleep(10)")
        assert await backend(transaction) == pid


async def test_a_cancelled_statement_leaves_the_connection_usable(database):
    assert database._pool is not None
    pids = set()
    for _ in range(10):
        async with database.begin() as transaction:
            pids.add(await backend(transaction))
        sleeping = asyncio.create_task(sleep_in_a_transaction(database))
        await asyncio.sleep(0.05)
        sleeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeping
    async with database.begin() as transaction:
        pids.add(await backend(transaction))
        assert await transaction.unit.fetch("SELECT FROM unit FOR UPDATE NOWAIT")
    assert len(pids) == 1


async def test_a_client_that_hangs_in_a_transaction_blocks_others_for_a_bounded_time(
    database, monkeypatch
):
    """Seen from the server: the session and its locks are gone."""
    settings = {"idle_in_transaction_session_timeout": "300ms"}
    hanging = await asyncpg.connect(database.dsn, server_settings=settings)
    await hanging.execute("BEGIN")
    await hanging.execute("UPDATE unit SET taker = gen_random_uuid()")
    async with asyncio.timeout(2), database.begin() as transaction:
        await transaction.unit.fetch("SELECT FROM unit FOR UPDATE")
    hanging.terminate()


async def test_every_session_bounds_how_long_a_vanished_client_blocks_others(database):
    async with database.begin() as transaction:
        row = await transaction.unit.fetch_row(
            "SELECT current_setting('idle_in_transaction_session_timeout') AS idle,"
            " current_setting('tcp_keepalives_idle')::int"
            " + current_setting('tcp_keepalives_interval')::int"
            " * current_setting('tcp_keepalives_count')::int AS seconds"
        )
    assert row["idle"] == "10s"
    assert 0 < row["seconds"] <= 30


async def test_a_transaction_that_hung_too_long_is_an_outage_for_its_client(database):
    async def hang() -> None:
        async with database.begin() as transaction:
            await transaction.unit.fetch_for_update(
                "SELECT set_config('idle_in_transaction_session_timeout', '100ms', true)"
            )
            await asyncio.sleep(0.4)
            await transaction.unit.fetch("SELECT 1")

    with pytest.raises(Unavailable):
        await hang()
    assert await database.ready()


async def test_an_error_at_the_rollback_does_not_hide_the_first_one(database):
    async def fail() -> None:
        async with database.begin() as transaction:
            await transaction.unit.fetch_for_update("SELECT FROM unit FOR UPDATE")
            await terminate(database, await backend(transaction))
            raise SoldOut

    with pytest.raises(SoldOut):
        await fail()
    assert await database.ready()


async def test_connections_that_died_in_the_pool_cost_an_outage_at_most(database):
    """What is left in the pool after it is alive."""
    pids = set(await asyncio.gather(*(a_pid(database) for _ in range(4))))
    for pid in pids:
        await terminate(database, pid)
    answers = await asyncio.gather(*(a_pid(database) for _ in range(8)), return_exceptions=True)

    assert not pids & set(answers)
    assert {type(answer) for answer in answers} <= {int, Unavailable}
    assert all(await asyncio.gather(*(database.ready() for _ in range(8))))


async def a_pid(database: PostgresDatabase) -> int:
    async with database.begin() as transaction:
        await transaction.unit.fetch("SELECT pg_sleep(0.05)")
        return await backend(transaction)


async def terminate(database: PostgresDatabase, pid: int) -> None:
    """Without waiting until the client knows."""
    owner = await asyncpg.connect(database.dsn)
    try:
        assert await owner.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)
    finally:
        await owner.close()


async def sleep_in_a_transaction(database: PostgresDatabase) -> None:
    async with database.begin() as transaction:
        await transaction.unit.fetch_for_update("SELECT FROM unit FOR UPDATE")
        await transaction.unit.fetch("SELECT pg_sleep(10)")


async def backend(transaction: PostgresTransaction) -> int:
    row = await transaction.unit.fetch_row("SELECT pg_backend_pid() AS pid")
    assert row is not None
    return int(row["pid"])
