"""On a full disk requests are refused completely, and succeed again once there is room."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx2
import pytest

from ece_adapters import system
from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres
from ece_adapters.postgres.engine.migrate import upgrade
from tests.e2e.bazaar import Bazaar
from tests.e2e.exchange_process import ExchangeProcess, calling, opened, serving
from tests.e2e.traffic import Traffic, assert_done_once
from tests.tally import SCALE, Tally

from .disks import fill, open_folder, small_disk

MEGABYTE = 1024 * 1024
ENOUGH_REFUSALS = 40
SETTINGS = {"min_wal_size": "32MB", "max_wal_size": "32MB", "shared_buffers": "16MB"}


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_disk(megabytes=160) as folder:
        yield folder


@pytest.fixture
def running(disk: Path) -> Iterator[ExchangeProcess]:
    """A durable server whose data is on the small disk."""
    with (
        open_folder() as folder,
        EmbeddedPostgres(disk / "server", settings=SETTINGS) as server,
    ):
        upgrade(server.url())
        with serving(folder, server) as running:
            yield running


@pytest.fixture
async def client(running: ExchangeProcess) -> AsyncIterator[httpx2.AsyncClient]:
    async with calling(running) as client:
        yield client


@pytest.fixture
async def traffic(running: ExchangeProcess, client: httpx2.AsyncClient) -> Traffic:
    async with opened(running) as exchange:
        return await Traffic.of(Bazaar(client, exchange, system.now), pairs=8)


async def assert_refused_and_done(running: ExchangeProcess, traffic: Traffic, tally: Tally) -> None:
    async with opened(running) as exchange:
        await assert_done_once(exchange, traffic)
    tally.count("requests refused for want of room", traffic.met["503"], at_least=ENOUGH_REFUSALS)
    tally.count("purchases before, meanwhile and after", len(traffic.sales), at_least=150)


@pytest.mark.timeout(180 + 60 * SCALE)
async def test_a_full_disk_refuses_writes_until_there_is_room(
    disk: Path,
    running: ExchangeProcess,
    client: httpx2.AsyncClient,
    traffic: Traffic,
    tally: Tally,
):
    pid = running.postgres.pid
    with traffic.flowing():
        for _ in range(SCALE):
            traffic.wait_for_sales(50)
            ballast = fill(disk, leave=MEGABYTE // 2)
            traffic.wait_for_refusals(ENOUGH_REFUSALS)
            assert "could not extend file" in log_of(running.postgres)
            assert (await client.get("/health/ready")).status_code == 200
            assert (await client.get("/v1/listings")).status_code == 200

            ballast.unlink()
            traffic.wait_for_sales(100)

    assert running.postgres.pid == pid
    await assert_refused_and_done(running, traffic, tally)


async def test_a_crash_on_a_full_log_disk_loses_nothing(
    disk: Path, running: ExchangeProcess, traffic: Traffic, tally: Tally
):
    with traffic.flowing():
        traffic.wait_for_sales(50)
        connection = await asyncpg.connect(running.postgres.url())
        ballast = fill(disk, leave=MEGABYTE)
        await end_log_files(connection)
        traffic.wait_for_refusals(ENOUGH_REFUSALS)
        assert "PANIC:  could not write to file" in log_of(running.postgres)

        ballast.unlink()
        running.postgres.stop()
        running.postgres.start()
        traffic.wait_for_sales(100)

    await assert_refused_and_done(running, traffic, tally)


async def end_log_files(connection: asyncpg.Connection) -> None:
    """Switch log files until the disk is full."""
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        while True:
            await connection.fetch("SELECT pg_switch_wal()")
            await asyncio.sleep(0.05)
    connection.terminate()


def log_of(server: EmbeddedPostgres) -> str:
    return (server.data_directory / "log").read_text()
