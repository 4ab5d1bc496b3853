"""Plants a bug in a copy of the code, and runs the test that must notice it."""

import ast
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from attrs import field, frozen

ROOT = Path(__file__).parents[3]
_PATIENCE_SECONDS = 600


@frozen
class PlantedBug:
    """A text of a file that is replaced, and the test that must fail then."""

    name: str
    file: str
    """Below ``src``."""
    sound: str = field(repr=False)
    """Must be in the file once."""
    buggy: str = field(repr=False)
    noticed_by: str
    """``path::test``; one that runs on both stores may fail on one of them."""

    @property
    def planted(self) -> str:
        """The text of the file with the bug in it.

        :raises ValueError: if the code has changed, so that the bug no longer fits into it.
        """
        text = (ROOT / "src" / self.file).read_text(encoding="utf-8")
        if (count := text.count(self.sound)) != 1:
            raise ValueError(f"src/{self.file} has the sound text {count} times, not once")
        return text.replace(self.sound, self.buggy)

    @property
    def is_test_there(self) -> bool:
        path, _, name = self.noticed_by.partition("::")
        return name in _functions_of(ROOT / path)


@frozen
class Run:
    """What the test said about the planted bug."""

    is_noticed: bool
    output: str = field(repr=False)


def run_with(bug: PlantedBug, folder: Path, database_url: str) -> Run:
    """Run the test that must notice the bug, on a copy of the code in the folder."""
    source = folder / "src"
    shutil.copytree(ROOT / "src", source)
    folder.chmod(0o755)  # a test may run its child processes as another account
    (source / bug.file).write_text(bug.planted, encoding="utf-8")
    try:
        done = subprocess.run(
            (
                *(sys.executable, "-m", "pytest", bug.noticed_by, "-x", "-q"),
                *("-p", "no:cacheprovider", "-o", f"pythonpath={source} {ROOT}"),
            ),
            cwd=ROOT,
            env=_environment(source, database_url),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_PATIENCE_SECONDS,
        )
    finally:
        shutil.rmtree(source)
    # A test that could not begin has noticed nothing: the bug must break the code, not its start.
    has_failed = re.search(r"^\d+ failed", done.stdout.splitlines()[-1]) is not None
    return Run(done.returncode == 1 and has_failed, done.stdout)


def _environment(source: Path, database_url: str) -> dict[str, str]:
    """The same examples in each run, and the copy in front for child processes too."""
    inherited = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("ECE_", "PYTEST_", "PYTHON"))
    }
    return inherited | {
        "CI": "true",
        "ECE_TEST_DATABASE_URL": database_url,
        "PYTHONPATH": str(source),
    }


@cache
def _functions_of(path: Path) -> frozenset[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.name for node in tree.body if isinstance(node, kinds)}
    for group in tree.body:
        if isinstance(group, ast.ClassDef):
            inner = (node.name for node in group.body if isinstance(node, kinds))
            found |= {f"{group.name}::{name}" for name in inner}
    return frozenset(found)
