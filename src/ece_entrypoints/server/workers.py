"""Serves with several processes that share one port, on uvicorn's supervisor of processes.

They share one listening socket: a connection that waits when a worker ends is accepted by another,
where sockets of their own (``SO_REUSEPORT``) would reset it.
"""

import signal
import socket
import time
from collections.abc import Callable
from functools import cached_property
from typing import Final

import structlog
import uvicorn
from attrs import frozen
from litestar import Litestar
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from ece_entrypoints.cli.exit_codes import Stopped
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.logs import configure_logs
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import Settings

from .listener import DrainingServer, ServerLimits, server_config
from .parent_process import stop_with_parent

log = structlog.get_logger()

_TICK_SECONDS: Final = 0.2
_MIN_BACKOFF: Final = 0.5
_MAX_BACKOFF: Final = 30.0
_STABLE_SECONDS: Final = 60.0
"""A worker that lived as long is replaced without delay."""
_KILL_SECONDS: Final = 5.0
"""A worker that outlives its own timeout by as much is killed."""


def serve_with_workers(  # the workers' settings, and what the supervisor does itself
    settings: Settings,
    taken: socket.socket,
    *,
    when_open: Callable[[], None],
    on_tick: Callable[[], None],
) -> None:
    """Serve until a signal, with ``settings.workers`` processes. SIGHUP replaces one by one.

    :param when_open: called once all workers answer requests.
    :param on_tick: called repeatedly.
    :raises Stopped: if a worker does not start; the log says why.
    """
    limits = ServerLimits.of(settings)
    config = server_config(_WorkerApp(settings), limits, factory=True, workers=settings.workers)
    supervisor = _Supervisor(config, taken, limits, when_open, on_tick)
    supervisor.run()
    if not supervisor.is_open and supervisor.has_failed:
        raise Stopped("a worker did not start")


@frozen
class _WorkerApp:
    """Builds the application in a worker, which gets nothing but the settings."""

    settings: Settings

    def __call__(self) -> Litestar:
        configure_logs()
        return create_app(Exchange(settings=self.settings))


class _Worker(Process):
    def __init__(
        self, config: uvicorn.Config, sockets: list[socket.socket], limits: ServerLimits
    ) -> None:
        super().__init__(config, sockets)
        self._limits = limits
        self.started_at = time.monotonic()

    def start(self) -> None:
        # Ctrl-C reaches every process of the terminal: none until the worker handles it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        stop_with_parent()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        super().target(sockets)

    @cached_property
    def server(self) -> DrainingServer:
        return DrainingServer(self.config, self._limits)


class _Supervisor(Multiprocess):
    """Replaces a worker that died, after a delay that doubles while workers die young."""

    processes: list[_Worker]  # type: ignore[assignment]  # uvicorn's list is of its own workers

    def __init__(
        self,
        config: uvicorn.Config,
        taken: socket.socket,
        limits: ServerLimits,
        when_open: Callable[[], None],
        on_tick: Callable[[], None],
    ) -> None:
        super().__init__(config, [taken])
        self._limits = limits
        self._when_open = when_open
        self._on_tick = on_tick
        self._backoff = _MIN_BACKOFF
        self._next_start_at = 0.0
        self.is_open = False
        self.has_failed = False

    def run(self) -> None:
        for _ in range(self.processes_num):
            self.processes.append(self._started())
        while not self.should_exit.wait(_TICK_SECONDS):
            self.handle_signals()
            self.keep_subprocess_alive()
            self._on_tick()
            if not self.is_open and all(worker.is_ready(timeout=0) for worker in self.processes):
                self.is_open = True
                self._when_open()
        self.terminate_all()
        self.join_all()

    def keep_subprocess_alive(self) -> None:
        for index, worker in enumerate(self.processes):
            if worker.process.is_alive():
                continue
            if not self.is_open:  # a setting is wrong, and would be wrong again
                self.has_failed = True
                self.should_exit.set()
            elif time.monotonic() >= self._next_start_at:
                log.error("a worker has ended and is replaced", exit_code=worker.exitcode)
                lived = time.monotonic() - worker.started_at
                self._backoff = min(2 * self._backoff, _MAX_BACKOFF)
                if lived > _STABLE_SECONDS:
                    self._backoff = _MIN_BACKOFF
                self._next_start_at = time.monotonic() + self._backoff
                worker.join()
                self.processes[index] = self._started()

    def handle_hup(self) -> None:
        """Replace the workers one by one: each new one reads the secrets again."""
        for index, worker in enumerate(self.processes):
            replacement = self._started()
            if not replacement.wait_until_ready(_MAX_BACKOFF, self.should_exit):
                replacement.kill()
                replacement.join()
                log.error("a new worker did not start: the other workers stay as they are")
                return
            self.processes[index] = replacement
            worker.terminate()
            self._join(worker)
        log.info("all workers were replaced")

    def handle_ttin(self) -> None:
        """Do nothing: the number of workers is a setting."""

    handle_ttou = handle_ttin

    def join_all(self) -> None:
        for worker in self.processes:
            self._join(worker)

    def _join(self, worker: _Worker) -> None:
        limit = self._limits.drain_seconds + self._limits.timeout_seconds + _KILL_SECONDS
        worker.process.join(limit)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()

    def _started(self) -> _Worker:
        worker = _Worker(self.config, self.sockets, self._limits)
        worker.start()
        return worker
