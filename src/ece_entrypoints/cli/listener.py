"""The HTTP server in this process, on a socket of our own."""

import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final, NoReturn

import uvicorn
from litestar import Litestar

from .exits import Exit, Stopped

_ENDINGS: Final = ("SIGHUP", "SIGINT", "SIGTERM")


def stop_when_told() -> None:
    """Make Ctrl-C, a closed terminal and SIGTERM end the process in order, and with code 0.

    Once the server runs, it notes these signals itself, and passes them on when it is done.
    """
    for name in _ENDINGS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _leave)


def listening(host: str, port: int) -> socket.socket:
    """A socket that nobody else has. To be taken first: nothing fails earlier, or cheaper.

    :raises Stopped: if the port is taken, or the address is not one of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        taken = socket.socket(family, socket.SOCK_STREAM)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen()
    except (OSError, OverflowError) as error:
        cure = "stop what uses it, or choose another with --port"
        raise Stopped(f"cannot listen on {host}:{port}: {error}; {cure}") from error
    return taken


def serve_until_told(app: Litestar, taken: socket.socket, when_ready: Callable[[], None]) -> None:
    """:raises Stopped: if the application does not come up; the log says why."""
    server = _Server(
        uvicorn.Config(
            app,
            access_log=False,  # our own is structured, and knows no secrets
            http="httptools",
            lifespan="on",
            log_config=None,
            loop="auto" if sys.platform == "win32" else "uvloop",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            timeout_keep_alive=75,
            ws="none",
        ),
        when_ready,
    )
    server.run(sockets=[taken])
    if not server.started:
        raise Stopped("the server did not start", Exit.NOT_POSSIBLE)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_ready()


def _leave(_: int, __: FrameType | None) -> NoReturn:
    sys.exit(Exit.DONE)
