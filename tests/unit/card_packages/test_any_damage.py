"""A damaged package is read or raises ``BrokenPackage``; no other error is raised."""

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ece_adapters.card_packages import BrokenPackage, read_tcg_pocket
from ece_adapters.card_packages.flesh_and_blood import cards_to_records
from ece_adapters.card_packages.tcg_pocket import files_to_records

from .invented import blood_card, encoded, packed, pocket

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**30, 10**40)
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.sampled_from(["Z1", "Z9", "C", "a" * 5000, "\x1b[2J", "\ud800", "sNaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@frozen
class Files:
    """A package in memory."""

    contents: dict[str, bytes]

    def read(self, name: str) -> bytes:
        return self.contents[name]


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(document, dict | list):
        keys = document if isinstance(document, dict) else range(len(document))
        for key in keys:
            yield from places(document[key], (*path, key))


@st.composite
def damaged(draw: st.DrawFn, document: Any) -> Any:
    """The document with up to three values replaced, removed or doubled."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(list(places(document))))
        inside = document
        for key in above:
            inside = inside[key]
        match draw(st.sampled_from(["replace", "remove", "double"])):
            case "remove" if len(document) > 1:
                del inside[last]
            case "double" if isinstance(inside, list):
                inside.append(copy.deepcopy(inside[last]))
            case _:
                inside[last] = draw(values)
    return document


DIST = {name: content for name, content in pocket().items() if name.startswith("dist/")}


@given(damaged(DIST))
@settings(max_examples=300)
def test_a_pocket_package_of_any_content_is_read_or_refused(document):
    with suppress(BrokenPackage):
        files_to_records(Files(dict.fromkeys(DIST, b"null") | encoded(document)))


@given(damaged([blood_card(), blood_card(pitch=None)]))
@settings(max_examples=300)
def test_cards_of_any_content_are_read_or_refused(document):
    with suppress(BrokenPackage):
        cards_to_records(json.dumps(document).encode())


@given(st.binary() | values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused(content):
    with suppress(BrokenPackage):
        cards_to_records(content)


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(encoded(pocket()), tmp_path_factory.mktemp("packages") / "z.tgz")


@given(place=st.integers(0, 10_000), byte=st.binary(max_size=2), lost=st.integers(0, 40))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_tarball_with_any_damage_is_read_or_refused(tarball, place, byte, lost):
    content = tarball.read_bytes()
    place %= len(content)
    hurt = tarball.with_name("hurt.tgz")
    hurt.write_bytes(content[:place] + byte + content[place + lost :])
    with suppress(BrokenPackage):
        read_tcg_pocket(hurt)
