"""Names say what they name: no old name comes back, and ids, moments and booleans look alike."""

import importlib
import inspect
import pkgutil
import re
import tokenize
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NewType, get_args, get_type_hints
from uuid import UUID

import attrs
import pytest

import ece_domain
from tests.architecture import test_layout
from tests.architecture.test_layout import ROOT, SOURCES, relative

OLD_NAMES = {
    "Answer", "answer_once", "RemembersRequests", "RequestKey",
    "giver", "givers", "taker", "takers", "most", "thing", "wanted", "facts", "moments", "strict",
    "Settled", "Line", "Seal", "Possession", "possession", "Handover", "handover",
    "HeldFor", "MoneySetAside", "HoldLapsed", "CardSetAside", "set_aside",
    "CheckBooks", "BooksChecked", "Decline", "reprice",
    "SellerRecord", "RecordPeriod", "OwnListing", "OwnListings", "OwnTrades", "ListCard",
    "GuidePrices", "make_guide", "LeftOut", "Position", "PricePlace", "SalePlace",
    "Trait", "StateCondition", "Design", "Quirk", "quirks", "Drawing", "Look", "look",
    "line_of_text", "passage", "wording", "SignedIn", "face",
    "Gate", "admission", "Frame", "Answering", "Fault", "Catalogue", "catalogue",
    "Chore", "chore", "doing", "again_and_again", "Retried", "Told", "tell", "Finding",
    "JoinedWrites", "BoundedRequests", "become", "give_up", "nobodys", "as_meant", "first_look",
    "design", "patience", "ledger_sealed", "ledger_unsealed", "ListingOrder",
}  # fmt: skip
"""The left column of the table of names, as far as a name says by itself that it is old."""
OLD_BOUNDS = re.compile(r"_*(MOST|LARGEST|HIGHEST|LONGEST|SHORTEST)(_.*)?")
STILL_RIGHT = {
    ("strict", ""): "the keyword of zip() and of msgspec",
    ("face", "genesis/"): "the face of a beast",
    ("look", "genesis/"): "how a drawing looks",
}
"""Old names that mean something else where they stand: (name, path) and why."""


def names_in(path: Path) -> Iterator[str]:
    """Every name of the code; no words of texts and comments."""
    if path.suffix == ".sql":
        text = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
        yield from re.findall(r"[A-Za-z_]\w*", text)
        return
    with tokenize.open(path) as file:
        yield from (
            token.string
            for token in tokenize.generate_tokens(file.readline)
            if token.type == tokenize.NAME
        )


def old_names_in(path: Path) -> set[str]:
    return {
        name
        for name in names_in(path)
        if (name.strip("_") in OLD_NAMES or OLD_BOUNDS.fullmatch(name))
        and not any(name == right and where in relative(path) for right, where in STILL_RIGHT)
    }


@pytest.mark.parametrize("path", [*SOURCES, *sorted((ROOT / "src").rglob("*.sql"))], ids=relative)
def test_no_old_name_is_used(path):
    assert old_names_in(path) == set()


def test_the_check_finds_an_old_name(tmp_path, monkeypatch):
    planted = tmp_path / "planted.py"
    planted.write_text("_MOST_COPIES = 3\nfor taker in ():\n    'the taker'\n")
    monkeypatch.setattr(test_layout, "ROOT", tmp_path)

    assert old_names_in(planted) == {"_MOST_COPIES", "taker"}


OTHER_FIELDS = {
    "_Importing.now": "the present moment has one name everywhere",
}
"""Fields of another form, as ``Class.field``, and why."""


def classes_of_the_domain() -> Iterator[type[Any]]:
    for module in pkgutil.walk_packages(ece_domain.__path__, "ece_domain."):
        for each in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(each) and attrs.has(each) and each.__module__ == module.name:
                yield each


CLASSES = sorted(classes_of_the_domain(), key=lambda each: (each.__module__, each.__name__))


def type_hints(kind: type[Any]) -> dict[str, Any]:
    try:
        return get_type_hints(kind)
    except AttributeError:  # a type that only the type checker knows
        return {}


def plain_type(kind: Any) -> Any:
    """UUID for an id of any kind, and the type itself of what may also be None."""
    kinds = [each for each in get_args(kind) if each is not type(None)]
    if len(kinds) == 1 and type(None) in get_args(kind):
        kind = kinds[0]
    while isinstance(kind, NewType):
        kind = kind.__supertype__
    return kind


def is_well_named(name: str, kind: Any) -> bool:
    name = name.lstrip("_")
    if kind is UUID:
        return name == "id" or name.endswith("_id")
    if kind is datetime:
        return name.endswith("_at")
    if kind is bool:
        return name.startswith(("is_", "has_"))
    return True


@pytest.mark.parametrize("kind", CLASSES, ids=lambda each: each.__name__)
def test_ids_moments_and_booleans_follow_the_naming_rules(kind):
    hints = type_hints(kind)
    odd = {
        field.name
        for field in attrs.fields(kind)
        if not is_well_named(field.name, plain_type(hints.get(field.name)))
        and f"{kind.__name__}.{field.name}" not in OTHER_FIELDS
    }

    assert odd == set()
