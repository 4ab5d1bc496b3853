"""The parts under measurement as real processes: a durable PostgreSQL, and the API."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import asyncpg
from attrs import define

from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres
from ece_adapters.postgres.engine.database import PostgresDatabase
from ece_adapters.postgres.engine.migrate import upgrade
from ece_domain.identity import Actor
from ece_domain.ledger import AuditLedger

from .processes import cpu_seconds


class BooksNotSound(Exception):
    """The ledger's invariants do not hold after the benchmark."""


@define
class Site:
    """Where benchmarks run: one server for databases, and a folder for all else."""

    postgres: EmbeddedPostgres
    folder: Path
    is_quick: bool

    def size(self, usual: int, quick: int) -> int:
        return quick if self.is_quick else usual

    def new_database(self, name: str) -> str:
        """The URL of an empty exchange."""
        asyncio.run(self.postgres.drop_database(name))
        url = asyncio.run(self.postgres.create_database(name))
        upgrade(url)
        return url

    def drop_database(self, name: str) -> None:
        asyncio.run(self.postgres.drop_database(name))

    def database_cpu(self) -> float:
        """Seconds of all of the database server's processes so far."""
        assert self.postgres.pid
        return cpu_seconds(self.postgres.pid)


@define
class Api:
    """The API as ``ece serve`` runs it, access log and all."""

    port: int
    pid: int

    def cpu(self) -> float:
        return cpu_seconds(self.pid)


@contextmanager
def api_on(site: Site, url: str) -> Iterator[Api]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "ECE_DATABASE_URL": url,
        "ECE_SECRET_FILE": str(secret_file(site)),
    }
    command: list[str | Path] = [
        Path(sys.executable).with_name("ece"),
        "serve",
        "--port",
        str(port),
    ]
    with (
        (site.folder / "api.log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _await_ready(port, process)
            yield Api(port, process.pid)
        finally:
            process.terminate()
            process.wait()


def secret_file(site: Site) -> Path:
    return site.folder / "secret"


def check_books(url: str) -> None:
    """:raises BooksNotSound: if an invariant of the ledger is broken."""
    found = asyncio.run(_checked(url))
    if found:
        raise BooksNotSound(found[:10])


async def _checked(url: str) -> tuple[object, ...]:
    database = PostgresDatabase(url)
    await database.open()
    try:
        return (await AuditLedger(database.begin)(actor=Actor.exchange())).violations
    finally:
        await database.close()


def run_sql(url: str, *statements: str) -> None:
    asyncio.run(_run_sql(url, statements))


async def _run_sql(url: str, statements: tuple[str, ...]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _await_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health/ready") as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > until:
                raise
        time.sleep(0.05)
