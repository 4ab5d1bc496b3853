"""The disk of the database fills up: requests are refused whole, and go on once there is room."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
from attrs import define, field

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.embedded import EmbeddedPostgres
from ece_adapters.postgres.migrate import upgrade
from ece_domain.identity import UserId
from ece_domain.kernel import Unavailable
from ece_domain.ledger import SettlementId
from tests.clock import SettableClock
from tests.contract.ledger.stores import assert_sound
from tests.teller import Teller

from .disks import fill, small_disk

MEGABYTE = 1024 * 1024
WORKERS = 8
ENOUGH_REFUSALS = 40
SETTINGS = {"min_wal_size": "32MB", "max_wal_size": "32MB", "shared_buffers": "16MB"}


@define
class Transfers:
    """Workers send keyed transfers, and note what became of each."""

    teller: Teller
    people: list[UserId]
    answered: dict[str, SettlementId] = field(factory=dict)
    refused: list[str] = field(factory=list)

    async def send(self, key: str) -> None:
        giver, taker = random.Random(key).sample(self.people, 2)
        try:
            answer = await self.teller.transfer(giver, taker, 1, key=key)
        except Unavailable:
            self.refused.append(key)
        else:
            self.answered[key] = answer.value.id

    async def send_until(self, enough: Callable[[], bool], prefix: str) -> None:
        async def work(worker: int) -> None:
            number = 0
            while not enough():
                number += 1
                await self.send(f"{prefix}-{worker}-{number}")

        async with asyncio.TaskGroup() as workers:
            for worker in range(WORKERS):
                workers.create_task(work(worker))


@pytest.fixture
def disk():
    with small_disk(megabytes=160) as folder:
        yield folder


@pytest.fixture
def server(disk: Path):
    # Durable as in earnest, since a crash is part of it.
    with EmbeddedPostgres(disk / "server", settings=SETTINGS) as server:
        yield server


@pytest.fixture
async def database(server: EmbeddedPostgres) -> AsyncIterator[PostgresDatabase]:
    url = await server.create_database("ece")
    await asyncio.to_thread(upgrade, url)
    database = PostgresDatabase(url, connections=WORKERS)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def transfers(database: PostgresDatabase, clock: SettableClock) -> Transfers:
    teller = Teller(database, clock)
    return Transfers(teller, [await teller.someone(1_000_000) for _ in range(10)])


async def assert_done_once(transfers: Transfers, database: PostgresDatabase) -> None:
    """Send all that was refused again, until each has had its one effect and no other one."""
    again, transfers.refused = transfers.refused, []
    before = await settled(database)
    assert before >= set(transfers.answered.values())
    for key in again:
        await transfers.send(key)

    print(f"{len(transfers.answered)} transfers, {len(again)} of them refused at first")  # noqa: T201
    assert transfers.refused == []
    assert await settled(database) == set(transfers.answered.values())
    await assert_sound(database)


async def settled(database: PostgresDatabase) -> set[SettlementId]:
    async with database.begin() as transaction:
        rows = await transaction.unit.fetch(
            "SELECT id FROM ledger_settlement WHERE purpose = 'ledger.transfer'"
        )
    return {SettlementId(row["id"]) for row in rows}


async def test_refuses_while_no_table_can_grow_and_goes_on_when_there_is_room(
    disk, server, database, transfers
):
    pid = server.pid
    ballast = fill(disk, leave=MEGABYTE // 2)
    await transfers.send_until(lambda: len(transfers.refused) >= ENOUGH_REFUSALS, "full")
    assert "could not extend file" in (server.data_directory / "log").read_text()
    assert await database.ready()

    ballast.unlink()
    before = len(transfers.answered)
    await transfers.send_until(lambda: len(transfers.answered) >= before + 100, "free")

    assert server.pid == pid
    await assert_done_once(transfers, database)


async def test_loses_nothing_when_the_server_falls_for_want_of_a_log_file(
    disk, server, database, transfers
):
    await transfers.send_until(lambda: len(transfers.answered) >= 100, "before")
    ballast = fill(disk, leave=MEGABYTE)
    connection = await asyncpg.connect(database.dsn)
    log_ended = asyncio.create_task(end_log_files(connection))
    await transfers.send_until(lambda: len(transfers.refused) >= ENOUGH_REFUSALS, "full")
    await log_ended
    assert "PANIC:  could not write to file" in (server.data_directory / "log").read_text()

    ballast.unlink()
    server.stop()
    server.start()
    before = len(transfers.answered)
    await transfers.send_until(lambda: len(transfers.answered) >= before + 100, "free")

    await assert_done_once(transfers, database)


async def end_log_files(connection: asyncpg.Connection) -> None:
    """Make the server begin one log file after the other, until it cannot."""
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        while True:
            await connection.fetch("SELECT pg_switch_wal()")
            await asyncio.sleep(0.05)
    connection.terminate()
