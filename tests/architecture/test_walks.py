"""The table "Where do I change ..." of CONTRIBUTING.md names files that define these names."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WALKS = {
    what: (file, re.findall(r"`(\w+)`", names))
    for what, file, names in re.findall(
        r"^\| (the [^|]+) \| `(src/[\w/.]+)`: ([^|]+) \|", CONTRIBUTING, re.MULTILINE
    )
}


def defined_in(path: Path) -> set[str]:
    """The names that a module assigns or defines, without imported names."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def test_the_five_walks_are_in_the_table():
    assert list(WALKS) == [
        "the minimum fee",
        "the price guide's window",
        "the lifetime of a listing",
        "the text of an error",
        "the limit of a page",
    ]


@pytest.mark.parametrize("what", WALKS)
def test_a_walk_ends_in_the_file_that_defines_the_name(what):
    file, names = WALKS[what]
    assert names
    assert set(names) <= defined_in(ROOT / file)
