"""The HTTP server in this process, on a socket of our own."""

import gc
import signal
import socket
import sys
from contextlib import AbstractAsyncContextManager
from types import FrameType
from typing import Final, NoReturn

import uvicorn
from litestar import Litestar

from ece_entrypoints.cli.exit_codes import Exit, Stopped

from .coalesced_writes import CoalescedWrites

_NEW_OBJECTS: Final = 100_000
"""How many are made before the garbage collector looks at them; 700 by default."""
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


def serve_until_told(
    app: Litestar, taken: socket.socket, while_open: AbstractAsyncContextManager[None]
) -> None:
    """Serve the application, inside of this context from the moment on when it answers.

    :raises Stopped: if the application does not come up; the log says why.
    """
    server = _Server(
        uvicorn.Config(
            app,
            access_log=False,  # our own is structured, and knows no secrets
            http=CoalescedWrites,
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
        async with self._while_open:
            await super().main_loop()


def _spare_the_collector() -> None:
    """Let it look at what requests leave behind, and less often.

    Going again and again through all that an application consists of took a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


def _leave(_: int, __: FrameType | None) -> NoReturn:
    sys.exit(Exit.DONE)
