"""A start waits for a recovery while it makes progress, without blocking the event loop."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres, ServerNotStarted

from .conftest import temporary_folder

SLOW = {
    "shared_buffers": "256kB",  # each page is read anew for each of its changes
    "recovery_prefetch": "off",
    "full_page_writes": "off",
    "log_startup_progress_interval": "50ms",
}
PATIENCE = 0.5
"""Seconds: longer than between two progress reports, shorter than the recovery."""


WORK = """
CREATE TABLE scattered (id int PRIMARY KEY, filler text) WITH (fillfactor = 50);
INSERT INTO scattered SELECT n, repeat('x', 500) FROM generate_series(1, 20000) AS n;
CHECKPOINT;
"""
ROUND = "UPDATE scattered SET filler = id WHERE id IN (SELECT id FROM scattered ORDER BY random());"


@pytest.fixture(scope="module")
def crashed_before() -> Iterator[Path]:
    """The folder of a crashed server whose recovery takes some seconds."""
    with temporary_folder() as folder:
        server = EmbeddedPostgres(folder / "server", durable=False, settings=SLOW).start()
        command = [server.binaries / "psql", "--no-psqlrc", "--quiet", server.url()]
        subprocess.run(command, input=WORK + 24 * ROUND, text=True, check=True)
        server.kill()
        yield folder / "server"


@pytest.fixture
def crashed(open_folder: Path, crashed_before: Path) -> Iterator[EmbeddedPostgres]:
    subprocess.run(["cp", "-a", crashed_before, open_folder], check=True)
    server = EmbeddedPostgres(open_folder / "server", durable=False, settings=SLOW)
    yield server
    server.stop()


async def test_a_recovery_that_makes_progress_may_exceed_the_timeout(crashed, ask):
    started = time.monotonic()
    crashed.start(PATIENCE)
    assert time.monotonic() - started > 2 * PATIENCE
    assert await ask(crashed.url(), "SELECT count(*) FROM scattered") == 20000


async def test_a_recovery_does_not_block_the_event_loop(crashed, ask):
    turns = []

    async def bystander() -> None:
        while True:
            turns.append(time.monotonic())
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(bystander())
    await crashed.restart(PATIENCE)
    watching.cancel()

    gaps = [after - before for before, after in pairwise(turns)]
    assert turns[-1] - turns[0] > 2 * PATIENCE
    assert sorted(gaps)[-3] < 0.3, "a turn now and then is late on a busy machine"
    assert await ask(crashed.url(), "SELECT 1") == 1


async def test_a_recovery_without_progress_times_out(crashed):
    async def hold_up() -> psutil.Process:
        while True:
            await asyncio.sleep(0.01)
            if crashed.pid is None:
                continue
            with suppress(psutil.NoSuchProcess):
                for child in psutil.Process(crashed.pid).children():
                    if "startup recovering" in " ".join(child.cmdline()):
                        child.suspend()
                        return child

    holding = asyncio.create_task(hold_up())
    try:
        with pytest.raises(ServerNotStarted, match="did not start"):
            await crashed.restart(PATIENCE)
    finally:
        with suppress(psutil.NoSuchProcess):  # it may have ended with its server
            (await holding).kill()
    assert crashed.pid is None
