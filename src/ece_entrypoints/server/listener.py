"""Runs uvicorn in this process, on a socket that was bound before."""

import gc
import signal
import socket
import sys
from contextlib import AbstractAsyncContextManager
from types import FrameType
from typing import Final, NoReturn

import uvicorn
from litestar import Litestar

if sys.platform != "win32":
    import resource

from ece_entrypoints.cli.exit_codes import Exit, Stopped

from .coalesced_writes import CoalescedWrites

_NEW_OBJECTS: Final = 100_000
"""Allocations between two runs of the garbage collector; Python's default is 700."""
_SIGNALS: Final = ("SIGHUP", "SIGINT", "SIGTERM")


def exit_on_signals() -> None:
    """Make Ctrl-C, a closed terminal and SIGTERM exit with code 0, after all cleanup.

    While uvicorn runs, it handles these signals itself, and raises them again when it has ended.
    """
    for name in _SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _exit)


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


def serve_until_signal(
    app: Litestar,
    taken: socket.socket,
    while_open: AbstractAsyncContextManager[None],
    *,
    max_connections: int,
) -> None:
    """Serve the application until a signal; enter the context once it answers requests.

    :raises Stopped: if the application does not start; the log says why.
    """

    class Protocol(CoalescedWrites):
        pass

    Protocol.max_connections = max_connections
    _allow_files(3 * max_connections)
    server = _Server(
        uvicorn.Config(
            app,
            access_log=False,  # ours is structured, and leaves out secrets
            http=Protocol,
            lifespan="on",
            log_config=None,
            loop="auto" if sys.platform == "win32" else "uvloop",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            timeout_keep_alive=75,
            ws="none",
        ),
        while_open,
    )
    server.run(sockets=[taken])
    if not server.started:
        raise Stopped("the server did not start")


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, while_open: AbstractAsyncContextManager[None]
    ) -> None:
        super().__init__(config)
        self._while_open = while_open

    async def main_loop(self) -> None:
        _tune_garbage_collector()
        async with self._while_open:
            await super().main_loop()


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


def _exit(_: int, __: FrameType | None) -> NoReturn:
    sys.exit(Exit.DONE)
