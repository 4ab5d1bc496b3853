import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ece_adapters.postgres import server_account
from ece_adapters.postgres.embedded import EmbeddedPostgres


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that every account can enter, unlike those of ``tmp_path`` when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="ece-embedded-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(open_folder: Path) -> Iterator[EmbeddedPostgres]:
    """Not started yet."""
    server = EmbeddedPostgres(open_folder / "server", durable=False)
    yield server
    server.stop()


@pytest.fixture
def state_folder(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for the one beneath ``/var/lib``."""
    monkeypatch.setattr(server_account, "STATE_FOLDER", open_folder / "state")
    return open_folder / "state"


@pytest.fixture
def private_folder(open_folder: Path) -> Path:
    """Like the home of root."""
    folder = open_folder / "private"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip(
            "only root hands its server to another account, and these tests do not run as root"
        )
