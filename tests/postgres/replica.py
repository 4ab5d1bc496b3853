"""Creates a streaming replica of a test's server with pg_basebackup."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import asyncpg
import pytest

from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres
from ece_adapters.postgres.embedded.server_account import ENVIRONMENT, server_home
from ece_adapters.postgres.engine.server import PostgresServer
from tests.cli.ece import free_port


@contextmanager
def replica_of(server: PostgresServer) -> Iterator[int]:
    """The port of a replica of this server, with the same accounts."""
    if not isinstance(server, EmbeddedPostgres):
        pytest.skip("the tests make a replica of an embedded server only, and another one is used")
    if not (server.binaries / "pg_basebackup").exists():
        pytest.skip(f"there is no pg_basebackup in {server.binaries}")
    folder = Path(tempfile.mkdtemp(prefix="ece-replica-"))
    folder.chmod(0o755)
    _, account = server_home(server.data_directory)
    data, port = folder / "data", free_port()
    data.mkdir(mode=0o700)
    os.chown(data, account.uid, account.gid)
    copy = account.command(
        server.binaries / "pg_basebackup",
        f"--pgdata={data}",
        f"--dbname={server.url()}",
        "--write-recovery-conf",
        "--checkpoint=fast",
        "--no-sync",
    )
    follow = account.command(
        server.binaries / "postgres",
        *("-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1"),
        *("-c", "unix_socket_directories=", "-c", "fsync=off"),
    )
    try:
        subprocess.run(copy, env=ENVIRONMENT, cwd="/", check=True, capture_output=True)
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(follow, env=ENVIRONMENT, cwd="/", stdout=log, stderr=log) as process,
        ):
            try:
                yield port
            finally:
                process.terminate()
    finally:
        shutil.rmtree(folder)


def at_port(url: str, port: int) -> str:
    address = urlsplit(url)
    login = f"{address.username}:{quote(address.password or '')}"
    return address._replace(netloc=f"{login}@127.0.0.1:{port}").geturl()


async def caught_up(primary: str, replica: str) -> None:
    """Wait until the replica has replayed the primary's current position."""
    origin = await asyncpg.connect(primary)
    position = await origin.fetchval("SELECT pg_current_wal_insert_lsn()::text")
    await origin.close()
    async with asyncio.timeout(60):
        while True:
            try:
                follower = await asyncpg.connect(replica)
            except (OSError, asyncpg.CannotConnectNowError):  # it still starts
                await asyncio.sleep(0.05)
                continue
            arrived = await follower.fetchval(
                "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", position
            )
            await follower.close()
            if arrived:
                return
            await asyncio.sleep(0.05)
