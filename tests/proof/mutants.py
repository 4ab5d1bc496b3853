"""Mutation testing of money, ledger, sales and market, on a copy; reports surviving mutants.

The tool is mutmut; ``pyproject.toml`` selects the files and the tests.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

from attrs import field, frozen

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/proof/mutants.md"

_LISTED = re.compile(r"^@@ (\S+) @@\n((?:[-+] .*\n)+)", re.MULTILINE)


@frozen
class Mutant:
    """A mutant: a function with one change, as removed and added lines."""

    function: str
    change: tuple[str, ...]

    def __str__(self) -> str:
        """The mutant in the format of the page."""
        return "\n".join((f"@@ {self.function} @@", *self.change))


@frozen
class Outcome:
    """The number of mutants, killed ones and timeouts, and the survivors."""

    verdicts: Counter[str]
    lived: Counter[Mutant] = field(repr=False)


def listed(page: str) -> Counter[Mutant]:
    """The survivors that the page lists."""
    return Counter(
        Mutant(function, tuple(change.splitlines())) for function, change in _LISTED.findall(page)
    )


def mutate(folder: Path) -> Outcome:
    """Run mutmut on a copy of the code and its tests in the folder."""
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for subject in subjects(folder):
        subject.write_text(undecorated(subject.read_text()))
    _mutmut(folder, "run", "--max-children", "1")
    verdicts = dict(
        line.strip().rsplit(": ", 1)
        for line in _mutmut(folder, "results", "--all", "true").splitlines()
    )
    lived = [name for name, verdict in verdicts.items() if verdict not in {"killed", "timeout"}]
    return Outcome(
        Counter(verdicts.values()),
        Counter(Mutant(_function(name), _change(_mutmut(folder, "show", name))) for name in lived),
    )


def subjects(root: Path) -> list[Path]:
    """The files to mutate."""
    patterns = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]
    return [
        file
        for file in sorted(root.glob("src/**/*.py"))
        if any(fnmatch(file.relative_to(root).as_posix(), pattern) for pattern in patterns)
    ]


def undecorated(source: str) -> str:
    """The same code with decorators called below their functions, as mutmut changes no others.

    Caches are left out: they would return results from before the mutation.
    """
    lines = source.splitlines()
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]
    for function in sorted(functions, key=lambda node: node.lineno, reverse=True):
        applied = [ast.unparse(decorator) for decorator in function.decorator_list]
        applied = [name for name in applied if not name.startswith(("cache", "lru_cache"))]
        indent = " " * function.col_offset
        below = [f"{indent}{function.name} = {name}({function.name})" for name in applied[::-1]]
        assert function.end_lineno is not None
        lines[function.end_lineno : function.end_lineno] = below
        del lines[function.decorator_list[0].lineno - 1 : function.lineno - 1]
    return "\n".join((*lines, ""))


def _mutmut(folder: Path, *arguments: str) -> str:
    """The output of mutmut; Hypothesis and hash seeds are fixed."""
    done = subprocess.run(
        (Path(sys.executable).with_name("mutmut"), *arguments),
        cwd=folder,
        env={**os.environ, "CI": "true", "PYTHONHASHSEED": "0", "ECE_PROOF_SCALE": "1"},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-10_000:]
    return done.stdout


def _function(mutant: str) -> str:
    """The function's name in ``x.y.xǁMoneyǁsplit__mutmut_3`` or ``x.y.x_money_hold__mutmut_1``."""
    module, _, name = mutant.rpartition("__mutmut_")[0].rpartition(".")
    return f"{module}:{name.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"


def _change(shown: str) -> tuple[str, ...]:
    """The removed and added lines of a unified diff."""
    _, _, hunk = shown.partition("\n@@")
    return tuple(
        f"{line[0]} {line[1:].strip()}" for line in hunk.splitlines()[1:] if line[:1] in {"-", "+"}
    )
