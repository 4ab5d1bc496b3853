"""JSON that is read by later code than the code that wrote it.

What is stored names the version of its type's fields. A change of a stored type registers an
upgrade in ``UPGRADES``, which turns a document of the version before into one of the new version;
reading runs all that are missing, and decodes then. A field that may be absent needs no upgrade.
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
    """The version of a type's fields today."""
    return 1 + len(UPGRADES.get(kind, ()))


def encode(value: object, kind: type) -> str:
    """The value, or a sequence of values, together with the version of its type."""
    return (b'{"v":%d,"value":%b}' % (version_of(kind), msgspec.json.encode(value))).decode()


def decode(json: str, kind: type[V]) -> V:
    """The value that ``encode`` wrote, now or in the past."""
    document: Document = msgspec.json.decode(json)
    return msgspec.convert(_upgraded(document["value"], document["v"], kind), kind)


def decode_each(json: str, kind: type[V]) -> tuple[V, ...]:
    """The values of one type that ``encode`` wrote as a sequence."""
    document: Document = msgspec.json.decode(json)
    values = [_upgraded(value, document["v"], kind) for value in document["value"]]
    return msgspec.convert(values, tuple[kind, ...])  # type: ignore[valid-type]  # a type at run time


def decode_version(json: str, version: int, kind: type[V]) -> V:
    """A value whose version is stored beside it."""
    if version == version_of(kind):
        return msgspec.json.decode(json, type=kind)
    return msgspec.convert(_upgraded(msgspec.json.decode(json), version, kind), kind)


def _upgraded(document: Document, version: int, kind: type) -> Document:
    for upgrade in UPGRADES.get(kind, ())[version - 1 :]:
        document = upgrade(document)
    return document
