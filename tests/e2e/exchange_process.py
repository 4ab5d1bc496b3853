"""An exchange in separate processes, as ``ece serve`` runs it, on its own PostgreSQL.

Both can be killed and started again separately, on the same ports. The test's process opens the
same exchange too, to create users, cards and money, and to check the result.
"""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import httpx2
from attrs import define, field

from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres
from ece_adapters.postgres.engine.migrate import upgrade
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import PasswordCost, Settings
from tests.cli.ece import PROGRAM, free_port
from tests.proof.disks import open_folder
from tests.rate_limits import NO_RATE_LIMITS_IN_ENVIRONMENT

DEADLINE: Final = 60.0


@define
class ExchangeProcess:
    """The API and its database, which tests kill and start."""

    folder: Path
    postgres: EmbeddedPostgres
    database_url: str
    port: int = field(factory=free_port)
    connections: int = 16
    password_cost: PasswordCost = PasswordCost.standard
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def exchange(self) -> Exchange:
        """The same exchange for this process: same database, and same secret to sign tokens."""
        return Exchange(
            settings=Settings(database_url=self.database_url, secret_file=self.folder / "secret")
        )

    def start_api(self) -> None:
        """Start without waiting; see ``answering``."""
        environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("ECE_")},
            "ECE_ACCESS_LOG": "false",
            "ECE_ALLOWED_HOSTS": "ece",  # what raw requests name
            "ECE_DATABASE_CONNECTIONS": str(self.connections),
            "ECE_DATABASE_URL": self.database_url,
            "ECE_PASSWORD_COST": self.password_cost.value,
            "ECE_SECRET_FILE": str(self.folder / "secret"),
            **NO_RATE_LIMITS_IN_ENVIRONMENT,
        }
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "serve", "--port", str(self.port)],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def strike_api(self) -> bool:
        """Kill it without waiting for its end; False if it was not alive."""
        if (process := self._process) is None or process.poll() is not None:
            return False
        process.kill()
        return True

    def kill_api(self) -> None:
        self._end(signal.SIGKILL)

    def bring_up(self) -> None:
        """Start the API as often as needed until it is ready, as a process supervisor does."""
        deadline = time.monotonic() + DEADLINE
        while not self._is_ready():
            assert time.monotonic() < deadline, self.log()
            if not self.is_running:
                self.start_api()
            time.sleep(0.05)

    def wait_until_it_serves(self, seconds: float = 10) -> None:
        """Wait until the API is ready; another task starts it."""
        deadline = time.monotonic() + seconds
        while not self._is_ready() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, HTTPException):
            return False

    def stop_api(self) -> int:
        """Stop it; return the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(DEADLINE)
        self._process = None
        return code

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def close(self) -> None:
        if self.is_running:
            self.stop_api()


@contextmanager
def exchange_process(*, connections: int = 16) -> Iterator[ExchangeProcess]:
    """A running, empty exchange, which is removed at the end of the block."""
    with open_folder() as folder:
        # Without fsync, for the machine does not crash; but what is acknowledged is written.
        settings = {"fsync": "off", "shared_buffers": "64MB"}
        with EmbeddedPostgres(folder / "server", settings=settings) as postgres:
            upgrade(postgres.url())
            with serving(folder, postgres, connections=connections) as running:
                yield running


@contextmanager
def serving(
    folder: Path, postgres: EmbeddedPostgres, *, connections: int = 16
) -> Iterator[ExchangeProcess]:
    """The API alone, on a migrated database; its log and secret are in the folder."""
    running = ExchangeProcess(folder, postgres, postgres.url(), connections=connections)
    running.start_api()
    try:
        yield running
    finally:
        running.close()


@asynccontextmanager
async def opened(running: ExchangeProcess) -> AsyncIterator[Exchange]:
    """The same exchange for the test's own process."""
    exchange = running.exchange()
    await exchange.database().open()
    try:
        yield exchange
    finally:
        await exchange.database().close()


@asynccontextmanager
async def calling(running: ExchangeProcess) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the API, which is ready."""
    limits = httpx2.Limits(max_connections=256)
    async with httpx2.AsyncClient(base_url=running.url, limits=limits, timeout=20) as client:
        assert await within(DEADLINE, client, "/health/ready", 200), running.log()
        yield client


async def within(seconds: float, client: httpx2.AsyncClient, path: str, status: int) -> bool:
    """Wait until the path answers with this status; False after the timeout."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if (await client.get(path)).status_code == status:
                return True
        except httpx2.TransportError:
            pass
        await asyncio.sleep(0.05)
    return False
