"""JSON with a version, which later code can read.

A stored document names the version of its type's fields. A change of a stored type registers an
upgrade in ``UPGRADES``, which converts a document of the previous version to the new one. Reading
runs all missing upgrades, then decodes. An optional new field needs no upgrade.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import msgspec

Document: TypeAlias = dict[str, Any]
Upgrade: TypeAlias = Callable[[Document], Document]

UPGRADES: dict[type, tuple[Upgrade, ...]] = {}
"""By type: the first upgrades version 1 to 2, the second 2 to 3, and so on."""

V = TypeVar("V")


def version_of(kind: type) -> int:
    """The current version of a type's fields."""
    return 1 + len(UPGRADES.get(kind, ()))


def encode(value: object, kind: type) -> str:
    """The JSON of a value, or of a sequence of values, with the version of its type."""
    return (b'{"v":%d,"value":%b}' % (version_of(kind), msgspec.json.encode(value))).decode()


def decode(json: str, kind: type[V]) -> V:
    """The value of a document that any version of ``encode`` wrote."""
    document: Document = msgspec.json.decode(json)
    return msgspec.convert(_upgraded(document["value"], document["v"], kind), kind)


def decode_each(json: str, kind: type[V]) -> tuple[V, ...]:
    """The values of a sequence that ``encode`` wrote."""
    document: Document = msgspec.json.decode(json)
    values = [_upgraded(value, document["v"], kind) for value in document["value"]]
    return msgspec.convert(values, tuple[kind, ...])  # type: ignore[valid-type]  # a type at run time


def decode_version(json: str, version: int, kind: type[V]) -> V:
    """A value whose version is stored in another column."""
    if version == version_of(kind):
        return msgspec.json.decode(json, type=kind)
    return msgspec.convert(_upgraded(msgspec.json.decode(json), version, kind), kind)


def _upgraded(document: Document, version: int, kind: type) -> Document:
    for upgrade in UPGRADES.get(kind, ())[version - 1 :]:
        document = upgrade(document)
    return document
