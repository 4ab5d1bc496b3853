"""A machine with a clone of the repository, on which the README's commands are tried."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from attrs import frozen


class Machine(Protocol):
    """Runs commands in the clone, with an empty environment."""

    def make(self, target: str, *, log: Path) -> subprocess.Popen[bytes]:
        """Start ``make`` with a target and variables."""

    def run(self, command: str, *, log: Path) -> subprocess.Popen[bytes]:
        """Start a command."""


@frozen
class ThisMachine:
    """The machine of the caller, with one of its Pythons."""

    folder: Path
    python: str

    def make(self, target: str, *, log: Path) -> subprocess.Popen[bytes]:
        return self.run(f"make {target} PYTHON={self.python}", log=log)

    def run(self, command: str, *, log: Path) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
        with log.open("ab") as output:
            return subprocess.Popen(
                ["sh", "-c", f"exec {command}"],
                cwd=self.folder / "ece",
                env=environment,
                stdout=output,
                stderr=output,
            )


@contextmanager
def this_machine(source: Path, python: str) -> Iterator[Machine]:
    """A clone of the committed source in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="ece-machine-") as folder:
        Path(folder).chmod(0o755)
        clone_into(Path(folder), source)
        yield ThisMachine(Path(folder), python)


def clone_into(folder: Path, source: Path) -> None:
    """A clone of the committed source, as ``ece`` in the folder."""
    subprocess.run(["git", "clone", "--quiet", "--no-local", source, folder / "ece"], check=True)
