"""Folders for servers that tests start."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BLOCK = bytes(64 * 1024)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="ece-proof-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A tmpfs of limited size. Only root may mount it; otherwise the test is skipped."""
    with open_folder() as folder:
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "ece", folder]
        mounted = subprocess.run(command, check=False, capture_output=True, text=True)
        if mounted.returncode != 0:
            pytest.skip(f"a full disk takes a small one, and mounting it: {mounted.stderr.strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", folder], check=True)


def fill(disk: Path, leave: int) -> Path:
    """A file that fills the disk except for ``leave`` bytes; removing it frees the disk."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        while (free := _free(disk)) > leave:
            file.write(_BLOCK[: free - leave])
            file.flush()
    return ballast


def _free(disk: Path) -> int:
    state = os.statvfs(disk)
    return state.f_bavail * state.f_frsize
