"""The database that a command works on: a server named by its URL, or the embedded one."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final, TypeVar
from urllib.parse import urlsplit

import asyncpg
from attrs import evolve, field, frozen

from ece_adapters.postgres.embedded.embedded_server import (
    DataDirectoryInUse,
    EmbeddedPostgres,
    ServerNotStarted,
    ServerProgramsMissing,
)
from ece_adapters.postgres.embedded.own_server import OwnServer
from ece_adapters.postgres.embedded.running_server import RunningServer
from ece_adapters.postgres.embedded.server_account import server_home
from ece_adapters.postgres.engine.database import PostgresDatabase
from ece_adapters.postgres.engine.roles import RolesMissing
from ece_adapters.postgres.engine.schema_revision import (
    ENCODING,
    NEWEST,
    ServerInfo,
    read_server_info,
)
from ece_adapters.postgres.engine.session import Pooler
from ece_domain.kernel import DomainError
from ece_entrypoints.http.platform.logs import configure_logs
from ece_entrypoints.server.signals import run
from ece_entrypoints.wiring.exchange import Exchange, opened
from ece_entrypoints.wiring.settings import Settings, Store

from .data_folder import folder_problem
from .exit_codes import Exit, Stopped
from .options import DATABASE_FOLDER

T = TypeVar("T")

_DATABASE: Final = "ece"
_NOT_STARTED: Final = (LookupError, ServerNotStarted, ServerProgramsMissing)


@frozen
class Urls:
    """One database with two accounts: one of the exchange, one of migrations."""

    application: str = field(repr=False)
    migration: str = field(repr=False)
    pooler: Pooler = Pooler.none
    is_embedded: bool = False

    @property
    def place(self) -> str:
        """Where the database is, without its password."""
        if self.is_embedded:
            return f"the embedded PostgreSQL in {server_home(DATABASE_FOLDER)[0]}"
        address = urlsplit(self.application)
        return f"PostgreSQL at {address.netloc.rpartition('@')[2]}{address.path}"


@contextmanager
def database_of(settings: Settings, *, may_create: bool = False) -> Iterator[Urls]:
    """The URLs of the settings, or those of the embedded server.

    If no process runs the embedded server, it is started, and stopped at the end of the context.

    :param may_create: create the embedded server if there is none yet.
    :raises Stopped: if the server does not start, or there is none.
    """
    if settings.store is Store.memory and not settings.database_url:
        what = "ECE_STORE is memory, and that store ends with the process that serves it"
        raise Stopped(f"{what}: unset ECE_STORE to work on a PostgreSQL", Exit.MISUSED)
    with ExitStack() as cleanup:
        urls = urls_of(settings)
        if urls is None:
            if not may_create:
                _require_embedded_server()
            urls = _database_on(_running_server(cleanup))
        yield urls


def urls_of(settings: Settings) -> Urls | None:
    """The URLs of the settings, or None if the exchange uses the embedded server.

    :raises Stopped: if a migration would go through a pooler.
    """
    url, pooler = settings.database_url, settings.database_pooler
    if url and pooler is not Pooler.none and not settings.migration_url:
        needed = "a migration needs the server itself: set ECE_MIGRATION_URL to it"
        raise Stopped(f"ECE_DATABASE_POOLER is {pooler.value}, and {needed}", Exit.MISUSED)
    return Urls(url, settings.migration_url or url, pooler) if url else None


@contextmanager
def own_server() -> Iterator[tuple[Urls, EmbeddedPostgres]]:
    """Start the embedded server for as long as the context, and give the URLs of its database.

    :raises Stopped: if it does not start, or another process runs one on the same folder.
    """
    with ExitStack() as cleanup:
        try:
            server = cleanup.enter_context(EmbeddedPostgres(DATABASE_FOLDER))
        except (DataDirectoryInUse, *_NOT_STARTED) as error:
            raise Stopped(str(error)) from error
        except OSError as error:
            raise unusable_folder(error) from error
        yield _database_on(server), server


def unusable_folder(error: OSError) -> Stopped:
    """The end of a command that could not read or write its files."""
    return Stopped(str(folder_problem() or error))


def _require_embedded_server() -> None:
    """:raises Stopped: if no exchange was ever opened on the embedded server."""
    try:
        folder, _ = server_home(DATABASE_FOLDER)
        is_there = (folder / "cluster").exists()
    except LookupError as error:
        raise Stopped(str(error)) from error
    except OSError as error:
        raise unusable_folder(error) from error
    if not is_there:
        what = f"no exchange was ever opened in {folder}"
        raise Stopped(f"{what}: go to the folder of ece serve, or set ECE_DATABASE_URL")


def _running_server(cleanup: ExitStack) -> OwnServer:
    try:
        return cleanup.enter_context(EmbeddedPostgres(DATABASE_FOLDER))
    except DataDirectoryInUse as error:
        running = RunningServer.on(DATABASE_FOLDER)
        if running is None:
            raise Stopped(str(error)) from error
        return running
    except _NOT_STARTED as error:
        raise Stopped(str(error)) from error
    except OSError as error:
        raise unusable_folder(error) from error


def _database_on(server: OwnServer) -> Urls:
    """The exchange's database on the embedded server, created if it is missing."""
    with suppress(asyncpg.DuplicateDatabaseError):
        run(server.create_database(_DATABASE))
    run(server.let_application_log_in())
    return Urls(server.application_url(_DATABASE), server.url(_DATABASE), is_embedded=True)


def revision_at(url: str) -> str | None:
    """The schema revision of the database.

    :raises Stopped: if it cannot be reached, or ECE cannot work in it.
    """
    seen = _server_info(url)
    if problem := encoding_problem(seen):
        raise Stopped(f"{problem[0]}: {problem[1]}")
    return seen.revision


def encoding_problem(seen: ServerInfo) -> tuple[str, str] | None:
    """What is wrong and what helps, if the database cannot store all characters."""
    if seen.encoding == ENCODING:
        return None
    what = f"the database stores text as {seen.encoding}, and ECE needs {ENCODING}"
    statement = f"CREATE DATABASE ece ENCODING '{ENCODING}' TEMPLATE template0"
    return what, f'psql -c "{statement}", and name that database in ECE_DATABASE_URL'


def _server_info(url: str) -> ServerInfo:
    try:
        return run(read_server_info(url))
    except (OSError, OverflowError, ValueError, asyncpg.PostgresError) as error:
        why = str(error) or "it did not answer in time"
        raise Stopped(f"cannot reach the database: {why}") from error


def bring_up_to_date(urls: Urls, *, even_if_newest: bool = False) -> None:
    """Migrate, unless the database is at the newest revision already.

    :param even_if_newest: migrate anyway, which also restores ownership and privileges.
    :raises Stopped: if it cannot be reached, belongs to a newer version of ECE, or lacks roles.
    """
    revision = revision_at(urls.migration)
    if revision is not None and revision > NEWEST:
        raise Stopped(
            f"the database is at revision {revision}, newer than {NEWEST} of this ECE: update ECE"
        )
    if revision != NEWEST or even_if_newest:
        from ece_adapters.postgres.engine.migrate import MigrationFailed, upgrade  # noqa: PLC0415 - slow to import, and rarely needed

        try:
            upgrade(urls.migration)
        except RolesMissing as error:
            raise Stopped(str(error)) from error
        except MigrationFailed as error:
            raise Stopped(f"the database refused the migration: {error}") from error
    check_application(urls)


def check_application(urls: Urls) -> None:
    """:raises Stopped: unless the exchange's account can use the role ``ece_application``."""
    try:
        run(_log_in(PostgresDatabase(urls.application, 1, pooler=urls.pooler)))
    except (asyncpg.PostgresError, DomainError, OSError) as error:
        raise Stopped(f"the exchange cannot log in: {error}. Run ece doctor") from error


async def _log_in(database: PostgresDatabase) -> None:
    await database.open()
    try:
        async with database.begin() as transaction:
            await transaction.unit.fetch("SELECT 1")
    finally:
        await database.close()


def check_up_to_date(urls: Urls) -> None:
    """:raises Stopped: unless the database can be reached and is at the newest revision."""
    revision = revision_at(urls.migration)
    if revision != NEWEST:
        raise Stopped(f"the database is at revision {revision}, not {NEWEST}: run ece db upgrade")
    check_application(urls)


def on_exchange(urls: Urls, settings: Settings, work: Callable[[Exchange], Awaitable[T]]) -> T:
    """Run the work on the exchange in this database, and return its result.

    Its security log goes to standard error, as standard output is for the result.
    """
    configure_logs()
    return run(_opened(Exchange(settings=evolve(settings, database_url=urls.application)), work))


async def _opened(exchange: Exchange, work: Callable[[Exchange], Awaitable[T]]) -> T:
    async with opened(exchange):
        return await work(exchange)
