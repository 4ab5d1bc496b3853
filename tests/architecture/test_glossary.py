"""The glossary lists every word of the code, the tables, the events and the API, and no other."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOMAIN = ROOT / "src" / "ece_domain"
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in GLOSSARY.splitlines()
    if line.startswith("| **")
]


def named(pattern: str) -> set[str]:
    """The texts between backticks that match the whole pattern."""
    return {text for text in re.findall(r"`([^`]+)`", GLOSSARY) if re.fullmatch(pattern, text)}


CLASSES = named(r"[a-z]+\.[A-Z]\w+")
PATHS = named(r"/[a-z-]+")


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    """Every class of the domain, by context and name."""
    for path in DOMAIN.rglob("*.py"):
        context = path.relative_to(DOMAIN).parts[0]
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                yield f"{context}.{node.name}", node


DEFINED = dict(classes())


def subclasses_of(base: str) -> set[str]:
    return {
        name
        for name, node in DEFINED.items()
        if any(isinstance(each, ast.Name) and each.id == base for each in node.bases)
    }


def event_kinds() -> dict[str, str]:
    """The class of each kind of event."""
    return {
        ast.literal_eval(statement.value): name
        for name in subclasses_of("Event")
        for statement in DEFINED[name].body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "kind"
    }


def tables() -> set[str]:
    created: set[str] = set()
    for path in (ROOT / "src" / "ece_adapters" / "postgres").rglob("*.up.sql"):
        created |= set(re.findall(r"CREATE TABLE (\w+)", path.read_text(encoding="utf-8")))
    return created


def path_nouns() -> set[str]:
    """The fixed parts of the paths of the API, without its version."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    parts = {f"/{part}" for path in document["paths"] for part in path.split("/")}
    return {part for part in parts if part not in {"/", "/v1"} and "{" not in part}


def test_every_aggregate_is_in_the_glossary():
    aggregates = subclasses_of("Aggregate")
    assert "market.Listing" in aggregates
    assert not aggregates - CLASSES


def test_every_class_of_the_glossary_is_defined_in_its_context():
    assert len(CLASSES) > 50
    assert not CLASSES - set(DEFINED) - _aliases()


def test_every_kind_of_event_is_in_the_glossary_with_its_class():
    kinds = event_kinds()
    assert "sales.card-sold" in kinds
    said = re.findall(r"^\| `([a-z]+\.[a-z-]+)` \| `([a-z]+\.[A-Z]\w+)` \|", GLOSSARY, re.MULTILINE)
    assert dict(said) == kinds


def test_the_glossary_names_every_sql_table_and_no_other():
    created = tables()
    assert "market_listing" in created
    assert {name for row in ROWS for name in re.findall(r"`(\w+)`", row[3])} == created


def test_the_glossary_names_every_part_of_a_path_and_no_other():
    assert path_nouns() == PATHS


def test_no_word_is_explained_twice():
    words = [word for row in ROWS for word in re.findall(r"\*\*(.+?)\*\*", row[0])]
    assert len(words) == len(set(words))


def _aliases() -> set[str]:
    """Names that the domain assigns at the top of a module, such as a type alias or a NewType."""
    return {
        f"{path.relative_to(DOMAIN).parts[0]}.{target.id}"
        for path in DOMAIN.rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        for target in (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        if isinstance(target, ast.Name)
    }
