import os
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from ece_adapters.postgres.embedded import server_account
from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres

Ask = Callable[..., Awaitable[object]]


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that every account can enter, unlike ``tmp_path`` when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="ece-embedded-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def made_before() -> Iterator[Path]:
    """The folder of a stopped server, to be copied: creating a cluster takes a second."""
    with temporary_folder() as folder:
        with EmbeddedPostgres(folder / "server", durable=False):
            pass
        yield folder / "server"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with temporary_folder() as folder:
        yield folder


@pytest.fixture
def server(open_folder: Path, made_before: Path) -> Iterator[EmbeddedPostgres]:
    """An embedded server that is not started yet."""
    subprocess.run(["cp", "-a", made_before, open_folder], check=True)
    server = EmbeddedPostgres(open_folder / "server", durable=False)
    yield server
    server.stop()


@pytest.fixture
def ask() -> Ask:
    """Run statements on a database; return the result of the last."""

    async def ask(url: str, *statements: str) -> object:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return ask


@pytest.fixture
def state_folder(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replaces the folder below ``/var/lib``."""
    monkeypatch.setattr(server_account, "STATE_FOLDER", open_folder / "state")
    return open_folder / "state"


@pytest.fixture
def private_folder(open_folder: Path) -> Path:
    """A folder that only root can enter, like root's home."""
    folder = open_folder / "private"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip(
            "only root hands its server to another account, and these tests do not run as root"
        )
