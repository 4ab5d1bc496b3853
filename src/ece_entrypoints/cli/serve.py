"""Serves the exchange: ``ece serve``."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from functools import partial
from ipaddress import ip_address
from typing import Annotated, Final

import structlog
from attrs import evolve
from cyclopts import Parameter
from cyclopts.types import Port
from cyclopts.validators import Number

from ece_adapters.postgres.embedded.embedded_server import (
    DataDirectoryInUse,
    EmbeddedPostgres,
    ServerNotStarted,
)
from ece_adapters.system import SecretTooOpen
from ece_domain.identity import User
from ece_entrypoints.demo import with_published_password
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.logs import configure_logs
from ece_entrypoints.server.listener import ServerLimits, listening, serve_until_signal
from ece_entrypoints.server.parent_process import stop_with_parent as end_with_parent
from ece_entrypoints.server.signals import exit_on_signals, run
from ece_entrypoints.server.workers import serve_with_workers
from ece_entrypoints.wiring.exchange import Exchange, opened
from ece_entrypoints.wiring.settings import Settings, Store

from .databases import bring_up_to_date, own_server, unusable_folder, urls_of
from .exit_codes import Exit, Stopped
from .options import DatabaseUrl, settings_with
from .welcome import invite, welcome

log = structlog.get_logger()

_POLL_SECONDS: Final = 0.5
"""Between two checks that the embedded server still runs."""


def serve(
    *,
    store: Store | None = None,
    host: str | None = None,
    port: Port | None = None,
    database_url: DatabaseUrl = None,
    workers: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    demo: Annotated[bool, Parameter(negative="")] = False,
    stop_with_parent: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Serve the exchange over HTTP until Ctrl-C.

    SIGTERM ends it without failing a request: readiness is refused first, then requests in progress
    finish. With several workers, SIGHUP replaces them one by one: each reads the secrets again.

    :param store: The store of the exchange; by default PostgreSQL.
    :param host: The address to listen on; by default 127.0.0.1.
    :param port: The port to listen on; by default 8000.
    :param workers: Processes that serve on the same port; by default 1.
    :param demo: Fill the exchange with a demo set and collectors, unless it was filled before.
    :param stop_with_parent: Stop when the process that started this one dies (Linux).
    """
    settings = settings_with(
        store=store, host=host, port=port, database_url=database_url, workers=workers
    )
    if settings.store is Store.memory and settings.workers > 1:
        what = "the memory store belongs to one process"
        raise Stopped(f"{what}: use --workers 1, or --store postgres", Exit.MISUSED)
    if stop_with_parent:
        end_with_parent()
    exit_on_signals()
    with ExitStack() as cleanup:
        taken = cleanup.enter_context(closing(listening(settings.host, settings.port)))
        server = None
        if settings.store is Store.postgres:
            urls = urls_of(settings)
            if urls is None:
                urls, server = cleanup.enter_context(own_server())
            bring_up_to_date(urls)
            settings = evolve(settings, database_url=urls.application)
        _serve(settings, taken, server, demo=demo)


def _serve(
    settings: Settings, taken: socket.socket, server: EmbeddedPostgres | None, *, demo: bool
) -> None:
    address = f"http://{settings.host}:{taken.getsockname()[1]}"
    exchange = Exchange(settings=settings)
    configure_logs()
    try:
        app = create_app(exchange)
        exchange.other_secrets()
    except OSError as error:
        raise unusable_folder(error) from error
    except SecretTooOpen as error:
        raise Stopped(str(error)) from error
    _check_passwords(exchange, taken, demo=demo)
    greeting = welcome(address, run(invite(exchange, address)) if demo else "")
    if settings.workers > 1:
        greet = partial(print, greeting, flush=True)
        serve_with_workers(
            settings, taken, when_open=greet, on_tick=partial(_start_if_ended, server)
        )
    else:
        limits = ServerLimits.of(settings)
        serve_until_signal(app, taken, limits, _open(greeting, server))


def _check_passwords(exchange: Exchange, taken: socket.socket, *, demo: bool) -> None:
    """:raises Stopped: if strangers could log in with the published passwords of the demo."""
    is_local = ip_address(taken.getsockname()[0]).is_loopback
    if demo and not is_local:
        what = "the passwords of the demo are published, and others can reach this address"
        raise Stopped(f"{what}: use --host 127.0.0.1, or no --demo", Exit.MISUSED)
    if demo or exchange.settings().store is Store.memory:
        return
    if users := run(_with_published_password(exchange)):
        handles = ", ".join(str(user.handle) for user in users)
        raise Stopped(
            f"{len(users)} users of the demo still have its published password ({handles}): end"
            " that with ece demo close, or ece user password for each; or use a fresh database, or"
            " --demo on this machine alone"
        )


async def _with_published_password(exchange: Exchange) -> list[User]:
    async with opened(exchange):
        return await with_published_password(exchange)


def _start_if_ended(server: EmbeddedPostgres | None) -> None:
    """Restart the embedded server when it was killed, from the supervisor of workers."""
    if server and not server.is_running:
        log.warning("the embedded PostgreSQL has ended and is restarted")
        server.stop()
        try:
            server.start()
        except (DataDirectoryInUse, ServerNotStarted):
            log.exception("the embedded PostgreSQL did not start")


@asynccontextmanager
async def _open(greeting: str, server: EmbeddedPostgres | None) -> AsyncIterator[None]:
    print(greeting, flush=True)
    watch = asyncio.create_task(_keep_running(server)) if server else None
    yield
    if watch:
        watch.cancel()


async def _keep_running(server: EmbeddedPostgres) -> None:
    """Restart the embedded server when it was killed."""
    while True:
        await asyncio.sleep(_POLL_SECONDS)
        if not server.is_running:
            log.warning("the embedded PostgreSQL has ended and is restarted")
            server.stop()
            try:
                await server.restart()
            except (DataDirectoryInUse, ServerNotStarted):
                log.exception("the embedded PostgreSQL did not start")
