"""A PostgreSQL server of our own: made on first use, ended with the process that started it."""

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
    "unix_socket_directories": "",  # the path of a socket is limited to 107 bytes, ours is not
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",  # fewer checkpoints, as each makes the next writes dearer
    "random_page_cost": "1.1",
    "jit": "off",
    "deadlock_timeout": "200ms",  # the usual second makes a deadlock look like slowness
    "log_min_messages": "warning",
    "log_startup_progress_interval": "1s",  # so that a long recovery can be told from a stuck one
    "log_error_verbosity": "terse",  # the details of an error quote what collectors entered
    "timezone": "UTC",
}
_GLANCE: Final = 0.01
"""Seconds between two looks at a server that starts."""
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
    """
    Use it as a context manager, or call :meth:`start` and :meth:`stop`; either way repeatedly.

    It serves TCP on the loopback alone, to a superuser and to the application, each with a random
    password. Linux ends it with the process that started it, however that one dies; elsewhere the
    next start ends what was left over.

    :param data_directory: a folder of its own. When root starts it and the account that must run
        the server cannot reach it, a folder beneath ``/var/lib/ece`` takes its place.
    :param binaries: the folder with ``postgres`` and ``initdb``; else those of the wheel.
    :param durable: False trades what a crash of the machine would lose for speed.
    :param port: 0 picks a free one, and keeps it when this object starts its server again.
    :param settings: single settings of PostgreSQL that differ from ours.
    :raises ServerProgramsMissing: when there is no PostgreSQL that could be started.
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
        """The one in use, which need not be the one asked for."""
        return self._folder.path

    @property
    def binaries(self) -> Path:
        """The folder of the server's programs, with ``psql`` and ``pgbench`` among them."""
        return self._programs.folder

    @property
    def port(self) -> int:
        """0 before the first start, unless one was asked for."""
        return self._port

    @property
    def pid(self) -> int | None:
        """The number of the server's first process while it runs."""
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def address(self) -> tuple[str, int]:
        """:raises ServerNotStarted: before the first start."""
        if self._password is None:
            raise ServerNotStarted("the embedded PostgreSQL has no address before its first start")
        return self._password, self._port

    def start(self, patience: float = 60.0) -> Self:
        """
        Returns once the server accepts connections, with its recovery from a crash behind it.

        A recovery takes as long as it takes: ended early, it would begin anew the next time.

        :param patience: seconds without any progress.
        :raises DataDirectoryInUse: when a server already runs on the folder.
        :raises ServerNotStarted: when it fails, or makes no progress any more.
        """
        for _ in self._starting(patience):
            time.sleep(_GLANCE)
        return self

    async def start_again(self, patience: float = 60.0) -> None:
        """
        Does the same from inside an event loop, which goes on meanwhile.

        Not in a thread: Linux would end the server with the thread that started it.
        """
        with closing(self._starting(patience)) as waiting:
            for _ in waiting:
                await asyncio.sleep(_GLANCE)

    def _starting(self, patience: float) -> Generator[None]:
        """Gives its caller a turn whenever there is nothing to do but to wait."""
        if threading.current_thread() is not threading.main_thread():
            # Linux would end the server with the thread that started it, not with the process.
            raise ServerNotStarted("start the embedded PostgreSQL from the main thread")
        self._lock = self._folder.lock()
        try:
            if not self._folder.cluster.exists():
                self._folder.initialize(self._programs, user=USER, durable=self._durable)
            self._password = self._folder.password
            self._folder.end_left_over_server()
            yield from self._serving(patience)
        except BaseException:
            self._end(at_once=True)
            raise

    def stop(self) -> None:
        """Cuts off the clients, rolls back what they left open, and shuts down cleanly."""
        self._end(at_once=False)

    def kill(self) -> None:
        """Crashes the server with SIGKILL: it flushes, rolls back and removes nothing."""
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

    def _serving(self, patience: float) -> Generator[None]:
        any_port = self._port == 0
        give_up_at = time.monotonic() + patience
        while True:
            if any_port:
                self._port = _free_port()
            self._process = process = self._launch()
            deadline, progress = time.monotonic() + patience, 0
            while process.poll() is None and time.monotonic() < deadline:
                if self._folder.says_ready(process.pid):
                    return
                if progress < (progress := self._folder.progress()):
                    deadline = time.monotonic() + patience
                yield
            said = self._folder.log.read_text(errors="replace")
            # The children of a killed server hold its memory for a moment, and a port that was
            # free may no longer be.
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
            os.fchmod(log.fileno(), 0o600)  # it quotes statements that failed
            return Popen(  # noqa: S603 - a program from our own settings
                command,
                env=ENVIRONMENT,
                cwd="/",
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,  # Ctrl-C is for us: the server ends after its clients
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
