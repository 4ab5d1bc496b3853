"""The database that a command works on: somebody's server by its URL, or the embedded one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final, TypeVar

import asyncpg
from attrs import evolve

from ece_adapters.postgres.embedded import (
    DataDirectoryInUse,
    EmbeddedPostgres,
    ServerNotStarted,
    ServerProgramsMissing,
)
from ece_adapters.postgres.revision import NEWEST, look_at
from ece_adapters.postgres.running import RunningServer
from ece_adapters.postgres.server import PostgresServer
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import Settings

from .choices import DATABASE_FOLDER
from .exits import Stopped

T = TypeVar("T")

_DATABASE: Final = "ece"
_NOT_STARTED: Final = (LookupError, ServerNotStarted, ServerProgramsMissing)


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The URL of the settings, or that of the embedded server, whoever runs it.

    If nobody does, it runs as long as the context.

    :raises Stopped: if the server does not start.
    """
    with ExitStack() as cleanup:
        yield settings.database_url or _database_on(_running_server(cleanup))


@contextmanager
def own_server() -> Iterator[tuple[str, EmbeddedPostgres]]:
    """An embedded server that runs as long as the context, and the URL of its database.

    :raises Stopped: if it does not start, or another process runs one on the same folder.
    """
    with ExitStack() as cleanup:
        try:
            server = cleanup.enter_context(EmbeddedPostgres(DATABASE_FOLDER))
        except (DataDirectoryInUse, *_NOT_STARTED) as error:
            raise Stopped(str(error)) from error
        yield _database_on(server), server


def _running_server(cleanup: ExitStack) -> PostgresServer:
    try:
        return cleanup.enter_context(EmbeddedPostgres(DATABASE_FOLDER))
    except DataDirectoryInUse as error:
        running = RunningServer.on(DATABASE_FOLDER)
        if running is None:
            raise Stopped(str(error)) from error
        return running
    except _NOT_STARTED as error:
        raise Stopped(str(error)) from error


def _database_on(server: PostgresServer) -> str:
    """The URL of the exchange's database on a server of our own, made if it is missing."""
    with suppress(asyncpg.DuplicateDatabaseError):
        return asyncio.run(server.create_database(_DATABASE))
    return server.url(_DATABASE)


def revision_at(url: str) -> str | None:
    """At which revision the database is.

    :raises Stopped: if it cannot be reached.
    """
    try:
        return asyncio.run(look_at(url)).revision
    except (OSError, OverflowError, ValueError, asyncpg.PostgresError) as error:
        why = str(error) or "it does not answer in time"
        raise Stopped(f"cannot reach the database: {why}") from error


def bring_up_to_date(url: str) -> None:
    """Migrate, unless the database is at the newest revision already.

    :raises Stopped: if it cannot be reached, or belongs to a newer version of ECE.
    """
    revision = revision_at(url)
    if revision is not None and revision > NEWEST:
        raise Stopped(f"the database is at revision {revision}, and this ECE knows {NEWEST} only")
    if revision != NEWEST:
        from ece_adapters.postgres.migrate import upgrade  # noqa: PLC0415 - slow, and seldom needed

        upgrade(url)


def check_up_to_date(url: str) -> None:
    """:raises Stopped: unless the database can be reached and is at the newest revision."""
    revision = revision_at(url)
    if revision != NEWEST:
        raise Stopped(f"the database is at revision {revision}, not {NEWEST}: run ece db upgrade")


def on_exchange(url: str, settings: Settings, work: Callable[[Exchange], Awaitable[T]]) -> T:
    """What the work comes to, on the exchange in this database."""
    return asyncio.run(_opened(Exchange(settings=evolve(settings, database_url=url)), work))


async def _opened(exchange: Exchange, work: Callable[[Exchange], Awaitable[T]]) -> T:
    database = exchange.database()
    await database.open()
    try:
        return await work(exchange)
    finally:
        await database.close()
