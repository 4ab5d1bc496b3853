"""One value of every type that is stored as JSON, made from its annotations."""

from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from attrs import fields, frozen, has

from ece_adapters.storage import stored_json
from ece_domain.cards import ConditionKey, FinishDefinition, Minted, RarityDefinition, Release
from ece_domain.kernel import USD, Asset, Event, Money
from ece_domain.market import PriceDecline, Pricing
from ece_domain.sales import SaleReceipt

FOLDER = Path(__file__).parent
STORED = (FinishDefinition, Minted, RarityDefinition, SaleReceipt, Release)
"""The types of stored results and columns. Ids need no sample."""
NOON = datetime(2026, 7, 1, 12, 0, 0, 250_000, tzinfo=UTC)
_PLAIN: dict[Any, object] = {
    UUID: UUID("0191f3a0-0000-7000-8000-000000000001"),
    datetime: NOON,
    date: NOON.date(),
    Asset: USD,
    str: "text",
    int: 7,
    bool: True,
    ConditionKey: ConditionKey("tcgplayer NM"),
    Pricing: Pricing(
        Money(1_250, USD), PriceDecline(Money(99, USD), NOON, NOON + timedelta(days=2))
    ),
}


def sample(kind: Any) -> Any:
    """A value of the type, the same each time. Optional fields are set, lists have one item."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if hasattr(kind, "__supertype__"):
        return sample(kind.__supertype__)
    if get_origin(kind) in (Union, UnionType):
        return sample(next(one for one in get_args(kind) if one is not NoneType))
    if get_origin(kind) is tuple:
        return tuple(sample(one) for one in get_args(kind) if one is not Ellipsis)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    assert has(kind), f"a sample of {kind} is needed"
    types = get_type_hints(kind)
    given = {field.alias: sample(types[field.name]) for field in fields(kind) if field.init}
    if "events" in given:
        given["events"] = ()
    return kind(**given)


@frozen
class Frozen:
    """A stored value: the name of its type, the version, and its JSON."""

    name: str
    version: int
    json: str

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.v{self.version}.json"


def events() -> dict[str, type[Event]]:
    published = [event for event in Event.__subclasses__() if "ece_domain" in event.__module__]
    return {event.kind: event for event in published}


def present() -> list[Frozen]:
    """The samples that the current code stores."""
    values = [
        Frozen(
            f"values/{kind.__name__}",
            stored_json.version_of(kind),
            stored_json.encode(sample(kind), kind),
        )
        for kind in STORED
    ]
    return values + [
        Frozen(f"events/{name}", kind.version, msgspec.json.encode(sample(kind)).decode())
        for name, kind in events().items()
    ]
