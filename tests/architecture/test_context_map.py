"""docs/context-map.md agrees with import-linter and the migrations."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "context-map.md").read_text(encoding="utf-8")
MIGRATIONS = ROOT / "src" / "ece_adapters" / "postgres" / "engine" / "migrations"


def layers() -> list[str]:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = configured["tool"]["importlinter"]["contracts"]
    (found,) = (each["layers"] for each in contracts if each["id"] == "context-map")
    return list(found)


def test_the_map_has_the_layers_of_import_linter():
    (drawn,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert [line.split()[0] for line in drawn.splitlines()] == layers()


def test_each_table_has_the_context_that_the_map_names():
    rows = re.findall(r"^\| (\w+) \| (`[^|]+) \|", PAGE, re.MULTILINE)
    assert [context for context, _ in rows] == layers()[::-1]
    owners = {name: context for context, cell in rows for name in re.findall(r"`([\w*]+)`", cell)}
    for path in MIGRATIONS.rglob("*.up.sql"):
        for table in re.findall(r"CREATE TABLE (\w+)", path.read_text(encoding="utf-8")):
            context = path.name.partition(".")[0].partition("_")[0]
            assert owners.get(table, owners.get(f"{context}_*")) == context, table
