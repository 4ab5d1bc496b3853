"""Nothing that a client may send is without bounds, on any route."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg
from litestar.routes import HTTPRoute
from msgspec import inspect

from ece_domain.cards import MAX_MINT
from ece_domain.cards.catalog import MAX_FACETED, MAX_FACETS, MAX_SEARCH_WORDS
from ece_domain.identity import Role
from ece_domain.kernel import MAX_PAGE
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.field_errors import MAX_FAULTS, MAX_REPEATED
from ece_entrypoints.http.platform.filters import MAX_QUERY
from ece_entrypoints.http.platform.json_body import MAX_BODY, MAX_DEPTH, MAX_LARGE_BODY
from ece_entrypoints.server.http_limits import MAX_HEADER_BYTES, MAX_PIPELINED, TIMEOUT_SECONDS
from ece_entrypoints.wiring.exchange import Exchange
from tests.clock import SettableClock
from tests.http.conftest import exchange_of
from tests.http.platform.conftest import OfferBody


def handlers(exchange: Exchange) -> Iterator[HTTPRouteHandler]:
    for route in create_app(exchange).routes:
        if isinstance(route, HTTPRoute):
            yield from (
                handler for handler in route.route_handlers if "requirements" in handler.opt
            )


def faults(kind: Any, where: str) -> list[str]:
    """What lacks bounds in a type that clients may send."""
    return list(_faults(inspect.type_info(kind), where))


def _faults(info: Any, where: str) -> Iterator[str]:
    for kinds, fault, is_loose in CHECKS:
        if isinstance(info, kinds) and is_loose(info):
            yield f"{where} {fault}"
    for field in getattr(info, "fields", ()):
        yield from _faults(field.type, f"{where}.{field.name}")
    for choice in getattr(info, "types", ()):
        yield from _faults(choice, where)
    if isinstance(info, MANY):
        yield from _faults(info.item_type, f"{where}[]")


def largest(info: Any) -> int:
    """The bytes of the largest body of a type, written in UTF-8 without white space."""
    if isinstance(info, inspect.StructType):
        return sum(len(each.encode_name) + 4 + largest(each.type) for each in info.fields) + 2
    if isinstance(info, MANY):
        return 2 + info.max_length * (largest(info.item_type) + 1)
    if isinstance(info, inspect.UnionType):
        return max(map(largest, info.types))
    if isinstance(info, inspect.StrType):
        return 2 + 4 * (info.max_length or 20)  # those with a pattern alone are short
    return 40


def _first(*bounds: object) -> object:
    return next((bound for bound in bounds if bound is not None), None)


ENDLESS = re.compile(r"[+*]|,\}")
"""In a pattern that bounds no length."""
MANY = inspect.ListType | inspect.VarTupleType | inspect.SetType
CHECKS: list[tuple[Any, str, Callable[[Any], bool]]] = [
    (inspect.StructType, "takes unknown fields", lambda info: not info.forbid_unknown_fields),
    (
        inspect.IntType,
        "takes any integer",
        lambda info: None in {_first(info.ge, info.gt), _first(info.le, info.lt)},
    ),
    (
        inspect.StrType,
        "takes a text of any length",
        lambda info: (
            info.max_length is None
            and (info.pattern is None or ENDLESS.search(info.pattern) is not None)
        ),
    ),
    (
        inspect.StrType,
        "takes a final line break",
        lambda info: info.pattern is not None and not info.pattern.endswith(r"$(?!\n)"),
    ),
    (inspect.DateTimeType, "takes a time without an offset", lambda info: info.tz is not True),
    (MANY, "takes any number of items", lambda info: info.max_length is None),
    (inspect.FloatType | inspect.DecimalType, "is not a whole number", bool),
    (inspect.DictType | inspect.AnyType | inspect.RawType, "takes anything", bool),
]


@pytest.fixture
def exchange(tmp_path: Path, clock: SettableClock) -> Exchange:
    return exchange_of(tmp_path, clock)


def test_every_body_has_bounds(exchange: Exchange):
    bodies = {handler.opt["requirements"].body for handler in handlers(exchange)} - {None}
    assert bodies
    assert [fault for body in bodies for fault in faults(body, body.__name__)] == []


def test_the_largest_body_that_the_schema_allows_is_not_too_large(exchange: Exchange):
    limits = {
        handler.opt["requirements"].body: handler.resolve_request_max_body_size() or 0
        for handler in handlers(exchange)
        if handler.opt["requirements"].body is not None
    }
    too_large = {
        body.__name__: size
        for body, limit in limits.items()
        if (size := largest(inspect.type_info(body))) > limit
    }
    assert too_large == {}
    assert set(limits.values()) == {MAX_BODY, MAX_LARGE_BODY}


def test_every_parameter_of_a_query_or_path_has_bounds(exchange: Exchange):
    unbounded = []
    for handler in handlers(exchange):
        for name, field in handler.parsed_fn_signature.parameters.items():
            if field.is_di_field or not isinstance(field.kwarg_definition, ParameterKwarg):
                continue
            limits = field.kwarg_definition
            if limits.pattern is not None and not limits.pattern.endswith(r"$(?!\n)"):
                unbounded.append(f"{handler.fn.__name__}: {name} takes a final line break")
            if field.has_inner_subclass_of(int) or field.is_subclass_of(int):
                lowest, highest = _first(limits.ge, limits.gt), _first(limits.le, limits.lt)
                if None in {lowest, highest}:
                    unbounded.append(f"{handler.fn.__name__}: {name}")
            if field.annotation is datetime:
                unbounded.append(f"{handler.fn.__name__}: {name} takes a time without an offset")
    assert unbounded == []


def test_the_page_of_limits_tells_those_of_the_code():
    page = (Path(__file__).parents[3] / "docs/limits.md").read_text()
    rows = [
        f"| body | {MAX_BODY // 1024} KiB; of a card set {MAX_LARGE_BODY // 1024} KiB;",
        f"| levels of objects and arrays in a body | {MAX_DEPTH} |",
        f"| faults that an answer lists | {MAX_FAULTS}, ",
        f"| names that an answer repeats | {MAX_REPEATED} characters",
        f"| items of a page | {MAX_PAGE} |",
        f"| search words | {MAX_QUERY} characters, {MAX_SEARCH_WORDS} different words |",
        f"| values of a facet | {MAX_FACETS}, counted over at most {MAX_FACETED:,} results |",
        f"| cards of one minting | {MAX_MINT:,} |",
        f"| request line and headers | {MAX_HEADER_BYTES // 1024} KiB |",
        f"| pipelined requests of a connection | {MAX_PIPELINED} |",
        f"| time to send a request, or to read an answer | {TIMEOUT_SECONDS:.0f} seconds |",
    ]
    assert [row for row in rows if row not in page] == []


class Loose(msgspec.Struct):
    number: int
    text: str
    code: Annotated[str, msgspec.Meta(pattern="^[a-z]+$")]
    items: list[Role]
    moment: datetime
    share: float
    rest: dict[str, str]
    inner: OfferBody | None = None


def test_the_check_finds_a_field_without_bounds():
    assert faults(Loose, "x") == [
        "x takes unknown fields",
        "x.number takes any integer",
        "x.text takes a text of any length",
        "x.code takes a text of any length",
        "x.code takes a final line break",
        "x.items takes any number of items",
        "x.moment takes a time without an offset",
        "x.share is not a whole number",
        "x.rest takes anything",
    ]
