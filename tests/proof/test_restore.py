"""A base backup and the archived log, taken under load, restore the exchange of a chosen moment."""

import asyncio
import os
import random
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from attrs import define, field

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.embedded import EmbeddedPostgres
from ece_adapters.postgres.migrate import upgrade
from ece_domain.ledger import MoveMoney
from tests.contract.ledger.stores import (
    an_id,
    assert_sound,
    check,
    deposit,
    dollars,
    settle,
    usd,
)

from .disks import open_folder

WORKERS = 8
PEOPLE = range(10)
SECONDS_OF_LOAD = 1.0
"""Before the backup, after it, and after the moment to restore."""
TABLES = {"ledger_settlement": "id", "ledger_entry": "settlement_id"}


@define
class Load:
    """Settles until it is told to stop, and knows what was begun and what acknowledged."""

    database: PostgresDatabase
    begun: set[UUID] = field(factory=set)
    acknowledged: set[UUID] = field(factory=set)

    async def settle(self, name: object) -> None:
        giver, taker = random.Random(repr(name)).sample(PEOPLE, 2)
        settlement_id = an_id("settlement", name)
        self.begun.add(settlement_id)
        await settle(self.database, name, MoveMoney(dollars(giver), dollars(taker), usd(1)))
        self.acknowledged.add(settlement_id)

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        over = asyncio.Event()

        async def work(worker: int) -> None:
            number = 0
            while not over.is_set():
                number += 1
                await self.settle((worker, number))

        async with asyncio.TaskGroup() as workers:
            for worker in range(WORKERS):
                workers.create_task(work(worker))
            yield
            over.set()


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def origin(folder: Path) -> Iterator[EmbeddedPostgres]:
    archive = folder / "archive"
    archive.mkdir()
    archive.chmod(0o777)  # the server's account is another one
    settings = {"archive_mode": "on", "archive_command": f"cp %p {archive}/%f"}
    with EmbeddedPostgres(folder / "origin", settings=settings) as server:
        yield server


@asynccontextmanager
async def exchange(url: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(url)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def back_up(origin: EmbeddedPostgres, to: Path) -> None:
    """Copy the data of the running server, and leave the log to the archive."""
    to.parent.mkdir()
    to.parent.chmod(0o755)
    url = urlsplit(origin.url())
    subprocess.run(
        [
            origin.binaries / "pg_basebackup",
            f"--dbname=postgresql://{url.username}@127.0.0.1:{url.port}/",
            f"--pgdata={to}",
            "--wal-method=none",
            "--checkpoint=fast",
        ],
        env=os.environ | {"PGPASSWORD": str(url.password)},
        check=True,
        capture_output=True,
    )


async def archive_the_rest(origin: EmbeddedPostgres) -> None:
    """Wait until all that was committed lies in the archive."""
    connection = await asyncpg.connect(origin.url())
    last = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
    archived = ""
    while archived < last:
        await asyncio.sleep(0.02)
        archived = await connection.fetchval("SELECT last_archived_wal FROM pg_stat_archiver")
    await connection.close()


def restored(folder: Path, origin: EmbeddedPostgres, moment: datetime) -> EmbeddedPostgres:
    """A server on the backup, which on its start replays the archive up to the moment."""
    home = folder / "restored"
    (home / "cluster" / "recovery.signal").touch()
    shutil.copy2(origin.data_directory / "password", home)
    owner = (origin.data_directory / "cluster").stat()
    for path in (home / "password", home / "cluster", *(home / "cluster").rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
    return EmbeddedPostgres(
        home,
        settings={
            "restore_command": f"cp {folder}/archive/%f %p",
            "recovery_target_time": moment.isoformat(),
            "recovery_target_action": "promote",
            "hot_standby": "off",  # so that it is ready only once all is replayed
        },
    )


async def rows(database: PostgresDatabase, settlements: set[UUID]) -> dict[str, list[object]]:
    """All that these settlements wrote."""
    async with database.begin() as transaction:
        return {
            table: await transaction.unit.fetch(
                f"SELECT * FROM {table} WHERE {column} = ANY($1) ORDER BY id", list(settlements)
            )
            for table, column in TABLES.items()
        }


async def settled(database: PostgresDatabase) -> set[UUID]:
    async with database.begin() as transaction:
        return {
            row["id"] for row in await transaction.unit.fetch("SELECT id FROM ledger_settlement")
        }


async def the_moment(database: PostgresDatabase) -> datetime:
    async with database.begin() as transaction:
        row = await transaction.unit.fetch_row("SELECT clock_timestamp() AS moment")
    return row["moment"]


async def test_restores_exactly_what_was_committed_up_to_the_moment(folder, origin):
    url = await origin.create_database("ece")
    await asyncio.to_thread(upgrade, url)
    async with exchange(url) as database:
        for person in PEOPLE:
            await settle(database, ("deposit", person), deposit(dollars(person), 1_000_000))
        deposits = await settled(database)
        load = Load(database)
        async with load.on():
            await asyncio.sleep(SECONDS_OF_LOAD)
            before_backup = len(load.acknowledged)
            await asyncio.to_thread(back_up, origin, folder / "restored" / "cluster")
            await asyncio.sleep(SECONDS_OF_LOAD)
            await load.settle("marker before")
            acknowledged = set(load.acknowledged)
            moment = await the_moment(database)
            begun = set(load.begun)
            await load.settle("marker after")
            await asyncio.sleep(SECONDS_OF_LOAD)
        await archive_the_rest(origin)

        with restored(folder, origin, moment) as copy:
            async with exchange(copy.url("ece")) as copied:
                kept = await settled(copied)
                await assert_sound(copied)
                print(  # noqa: T201
                    f"{before_backup} settlements before the backup, {len(acknowledged)} up to the"
                    f" moment, {len(load.acknowledged)} in all; {len(kept)} restored,"
                    f" {len(kept - deposits - acknowledged)} of them in flight at the moment"
                )
                # What was in flight at the moment may be in or out, and nothing else is in doubt.
                assert deposits | acknowledged <= kept <= deposits | begun
                assert an_id("settlement", "marker before") in kept
                assert an_id("settlement", "marker after") not in kept
                assert await rows(copied, kept) == await rows(database, kept)
                assert (await check(copied)).entries == 2 * len(kept)

                await settle(copied, "life goes on", MoveMoney(dollars(0), dollars(1), usd(1)))
                await assert_sound(copied)
        await assert_sound(database)
    assert 50 < before_backup < len(acknowledged) - 50 < len(load.acknowledged) - 100
