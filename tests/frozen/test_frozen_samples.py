"""The current code reads everything that earlier versions have stored."""

import json
from pathlib import Path

import msgspec
import pytest

from ece_adapters.storage import stored_json

from .samples import FOLDER, STORED, events, present

VALUES = sorted((FOLDER / "values").glob("*.json"))
EVENTS = sorted((FOLDER / "events").glob("*.json"))


def name_and_version(path: Path) -> tuple[str, int]:
    name, _, version = path.stem.rpartition(".v")
    return name, int(version)


def holds(document: object, earlier: object) -> bool:
    """Whether the new document has all fields of the earlier one; it may have more."""
    if isinstance(earlier, dict) and isinstance(document, dict):
        return all(key in document and holds(document[key], earlier[key]) for key in earlier)
    if isinstance(earlier, list) and isinstance(document, list):
        return len(document) == len(earlier) and all(map(holds, document, earlier))
    return document == earlier


@pytest.mark.parametrize("each", present(), ids=lambda each: each.path.name)
def test_every_stored_type_has_a_current_sample(each):
    assert each.path.exists(), "run: python -m tests.frozen"
    was_stored = json.loads(each.path.read_text(encoding="utf-8"))
    assert holds(json.loads(each.json), was_stored), (
        "raise its version and register an upgrade;"
        " or, if it was never released, delete the sample and run python -m tests.frozen"
    )


@pytest.mark.parametrize("path", VALUES, ids=lambda path: path.name)
def test_every_stored_value_can_be_read(path):
    kinds = {kind.__name__: kind for kind in STORED}
    kind = kinds[name_and_version(path)[0]]
    assert isinstance(stored_json.decode(path.read_text(encoding="utf-8"), kind), kind)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.name)
def test_every_stored_event_can_be_read(path):
    name, version = name_and_version(path)
    kind, text = events()[name], path.read_text(encoding="utf-8")
    event = stored_json.decode_version(text, version, kind)
    assert event.kind == name
    if version == kind.version:
        assert holds(json.loads(msgspec.json.encode(event)), json.loads(text))


@pytest.mark.parametrize("kind", events().values(), ids=lambda kind: kind.kind)
def test_the_version_of_an_event_counts_its_upgrades(kind):
    assert kind.version == stored_json.version_of(kind)
