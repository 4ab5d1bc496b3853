"""Point-in-time recovery from a backup made under load restores every row."""

import os
import subprocess
import time
from asyncio import sleep, timeout
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from attrs import frozen

from ece_adapters import system
from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres
from ece_adapters.postgres.engine.migrate import upgrade
from tests.contract.ledger.stores import assert_sound
from tests.e2e.bazaar import Bazaar
from tests.e2e.exchange_process import ExchangeProcess, calling, opened, serving
from tests.e2e.traffic import Traffic, assert_done_once
from tests.tally import SCALE, Tally

from .disks import open_folder

POINTS = min(SCALE, 5)
SALES = 100
"""Purchases before the backup, before each point and after the last one."""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
CONTENT = "SELECT count(*), md5(string_agg(md5(row::text), '' ORDER BY row::text)) FROM {} AS row"


@frozen
class Point:
    """A named restore point, with the row count of each table and a digest of all rows."""

    name: str
    content: dict[str, tuple[int, str | None]]
    acknowledged: frozenset[UUID]
    """The acknowledged sales."""

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.content.values())


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
        upgrade(server.url())
        yield server


@asynccontextmanager
async def connected(server: EmbeddedPostgres) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(server.url())
    try:
        yield connection
    finally:
        await connection.close()


async def traffic_on(running: ExchangeProcess) -> Traffic:
    async with calling(running) as client, opened(running) as exchange:
        return await Traffic.of(Bazaar(client, exchange, system.now), pairs=6)


async def content_of(connection: asyncpg.Connection) -> dict[str, tuple[int, str | None]]:
    return {
        row["tablename"]: tuple(await connection.fetchrow(CONTENT.format(row["tablename"])))
        for row in await connection.fetch(TABLES)
    }


async def remember(origin: EmbeddedPostgres, name: str, traffic: Traffic) -> Point:
    """Create a restore point in the log while all writers wait."""
    acknowledged = frozenset(sale.id for sale in traffic.sales)
    async with connected(origin) as connection, timeout(30):
        tables = ", ".join(row["tablename"] for row in await connection.fetch(TABLES))
        while True:
            try:
                async with connection.transaction():
                    await connection.execute(f"LOCK TABLE {tables} IN SHARE MODE")
                    content = await content_of(connection)
                    await connection.execute("SELECT pg_create_restore_point($1)", name)
            except asyncpg.DeadlockDetectedError:  # with a writer that was quicker
                continue
            return Point(name, content, acknowledged)


def back_up(origin: EmbeddedPostgres, to: Path) -> None:
    """Copy the data of the running server, without the log, which is archived."""
    to.mkdir(mode=0o755)
    url = urlsplit(origin.url())
    subprocess.run(
        [
            origin.binaries / "pg_basebackup",
            f"--dbname=postgresql://{url.username}@127.0.0.1:{url.port}/",
            f"--pgdata={to / 'cluster'}",
            "--wal-method=none",
            "--checkpoint=fast",
        ],
        env=os.environ | {"PGPASSWORD": str(url.password)},
        check=True,
        capture_output=True,
    )
    (to / "cluster" / "recovery.signal").touch()
    (to / "password").write_text(str(url.password))
    owner = (origin.data_directory / "cluster").stat()
    for path in (to / "password", to / "cluster", *(to / "cluster").rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


async def archive_the_rest(origin: EmbeddedPostgres) -> None:
    """Wait until the archive has every commit."""
    async with connected(origin) as connection, timeout(60):
        last = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
        archived = ""
        while archived < last:
            await sleep(0.02)
            archived = await connection.fetchval("SELECT last_archived_wal FROM pg_stat_archiver")


def restored(folder: Path, point: Point) -> EmbeddedPostgres:
    """A server on a copy of the backup that recovers to the restore point when it starts."""
    home = folder / point.name
    subprocess.run(["cp", "-a", folder / "backup", home], check=True)
    return EmbeddedPostgres(
        home,
        settings={
            "restore_command": f"cp {folder}/archive/%f %p",
            "recovery_target_name": point.name,
            "recovery_target_action": "promote",
            "hot_standby": "off",  # so that it is ready only once all is replayed
        },
    )


@pytest.mark.timeout(120 + 60 * POINTS)
async def test_restores_exactly_the_commits_before_each_point(
    folder: Path, origin: EmbeddedPostgres, tally: Tally
):
    points: list[Point] = []
    with serving(folder, origin) as running:
        traffic = await traffic_on(running)
        with traffic.flowing():
            traffic.wait_for_sales(SALES)
            back_up(origin, folder / "backup")
            for number in range(1, POINTS + 1):
                traffic.wait_for_sales(SALES)
                points.append(await remember(origin, f"point-{number}", traffic))
            traffic.wait_for_sales(SALES)
        async with opened(running) as exchange:
            await assert_done_once(exchange, traffic)
    await archive_the_rest(origin)

    seconds = [await assert_restores(folder, point) for point in points]

    tally.count("points restored", len(seconds), at_least=POINTS)
    tally.count("rows compared", sum(point.rows for point in points), at_least=1_000 * POINTS)
    tally.count("sales that were to be there", len(points[-1].acknowledged), at_least=2 * SALES)
    tally.count("milliseconds of the slowest recovery", round(1_000 * max(seconds)))


async def assert_restores(folder: Path, point: Point) -> float:
    """The duration of the recovery, for the report."""
    server = restored(folder, point)
    begun = time.monotonic()
    with server:
        took = time.monotonic() - begun
        async with connected(server) as connection:
            assert await content_of(connection) == point.content
            sales = {row["id"] for row in await connection.fetch("SELECT id FROM sales_sale")}
            assert sales >= point.acknowledged
        with serving(folder, server) as running:
            traffic = await traffic_on(running)
            with traffic.flowing():
                traffic.wait_for_sales(10)
            async with opened(running) as exchange:
                await assert_sound(exchange.database())
    return took
