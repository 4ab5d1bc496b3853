"""Runs uvicorn in this process, on a socket that was bound before."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from types import FrameType
from typing import Any, Final, cast

import uvicorn
from attrs import frozen
from litestar import Litestar

if sys.platform != "win32":
    import resource

from ece_entrypoints.cli.exit_codes import Stopped
from ece_entrypoints.wiring.settings import Settings

from .coalesced_writes import CoalescedWrites
from .signals import run

_NEW_OBJECTS: Final = 100_000
"""Allocations between two runs of the garbage collector; Python's default is 700."""
_GLANCE: Final = 0.1
"""Seconds between two checks whether a second Ctrl-C ends the drain."""


@frozen
class ServerLimits:
    """The limits of one process that serves."""

    max_connections: int
    drain_seconds: int
    """After SIGTERM it is not ready, but serves, until load balancers have seen it."""
    timeout_seconds: int
    """Then it accepts nothing new, and requests in progress may finish."""

    @classmethod
    def of(cls, settings: Settings) -> "ServerLimits":
        return cls(
            settings.max_connections, settings.drain_seconds, settings.shutdown_timeout_seconds
        )


def listening(host: str, port: int) -> socket.socket:
    """A bound socket. Call it before everything else, as a port in use is the usual failure.

    :raises Stopped: if the port is taken, or the address is not one of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        taken = socket.socket(family, socket.SOCK_STREAM)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen()
    except (OSError, OverflowError) as error:
        cure = "stop the process that uses it, or choose another port with --port"
        raise Stopped(f"cannot listen on {host}:{port}: {error}; {cure}") from error
    return taken


def server_config(app: Any, limits: ServerLimits, **others: Any) -> uvicorn.Config:  # noqa: ANN401  # as of uvicorn
    return uvicorn.Config(
        app,
        access_log=False,  # ours is structured, and leaves out secrets
        lifespan="on",
        log_config=None,
        loop="auto" if sys.platform == "win32" else "uvloop",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=limits.timeout_seconds,
        timeout_keep_alive=75,
        ws="none",
        **others,
    )


def serve_until_signal(
    app: Litestar,
    taken: socket.socket,
    limits: ServerLimits,
    while_open: AbstractAsyncContextManager[None],
) -> None:
    """Serve the application until a signal; enter the context once it answers requests.

    :raises Stopped: if the application does not start; the log says why.
    """
    config = server_config(app, limits)
    server = DrainingServer(config, limits, while_open)
    run(server.serve(sockets=[taken]), config.get_loop_factory())
    if not server.started:
        raise Stopped("the server did not start")


class DrainingServer(uvicorn.Server):
    """uvicorn's server, which says that it is not ready before it ends."""

    def __init__(
        self,
        config: uvicorn.Config,
        limits: ServerLimits,
        while_open: AbstractAsyncContextManager[Any] | None = None,
    ) -> None:
        class Protocol(CoalescedWrites):
            pass

        Protocol.max_connections = limits.max_connections
        config.http = Protocol  # here, as a worker's configuration is sent to its process
        _allow_files(3 * limits.max_connections)
        super().__init__(config)
        self._drain_seconds = limits.drain_seconds
        self._signals: list[int] = []
        self._while_open = while_open or nullcontext()

    async def main_loop(self) -> None:
        _tune_garbage_collector()
        with self._ended_by_hangup():
            async with self._while_open:
                await super().main_loop()
                await self._drain()

    async def _drain(self) -> None:
        cast("Litestar", self.config.loaded_app).state.is_draining = True
        for _ in range(int(self._drain_seconds / _GLANCE)):
            if self._signals != [signal.SIGTERM]:  # Ctrl-C: at once
                break
            await asyncio.sleep(_GLANCE)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._signals.append(sig)
        super().handle_exit(sig, frame)

    @contextmanager
    def _ended_by_hangup(self) -> Iterator[None]:
        if hasattr(signal, "SIGHUP"):
            before = signal.signal(signal.SIGHUP, self.handle_exit)
            try:
                yield
            finally:
                signal.signal(signal.SIGHUP, before)
        else:
            yield


def _allow_files(count: int) -> None:
    """Let this process open so many files, connections included, if its hard limit allows it."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < count:
            allowed = count if hard == resource.RLIM_INFINITY else min(count, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _tune_garbage_collector() -> None:
    """Exclude the objects of the started application from collection, and collect less often.

    Traversing them repeatedly took a tenth of the processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
