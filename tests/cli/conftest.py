"""Runs ``ece`` as users do: as a process, in its own folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .ece import Ece


@pytest.fixture(scope="module")
def ece() -> Iterator[Ece]:
    """``ece`` in an empty folder that every account can enter, without ``ECE_`` variables."""
    folder = Path(tempfile.mkdtemp(prefix="ece-cli-"))
    folder.chmod(0o755)
    environment = {name: text for name, text in os.environ.items() if not name.startswith("ECE_")}
    try:
        yield Ece(folder, environment)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def free_ece(ece: Ece) -> Iterator[Ece]:
    """``ece`` in an empty folder for one test."""
    folder = Path(tempfile.mkdtemp(prefix="own-", dir=ece.folder))
    folder.chmod(0o755)
    yield Ece(folder, ece.environment)
    shutil.rmtree(folder)
