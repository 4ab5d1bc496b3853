"""Query strings."""

from contextlib import suppress
from urllib.parse import parse_qsl, urlencode

from ece_entrypoints.http.platform.auth import Access
from ece_entrypoints.http.platform.field_errors import InvalidParameters
from ece_entrypoints.http.platform.request_guard import RouteRequirements, _check_query

from .wire import request

STATEMENT = RouteRequirements(
    access=Access(None),
    body=None,
    needs_body=False,
    parameters=frozenset({"asset", "cursor", "limit", "rarity"}),
    required=frozenset({"asset"}),
    many=frozenset({"rarity"}),
)
SEEDS = (
    b"asset=USD%2F2&limit=5",
    b"asset=a&rarity=rare&rarity=common",
    b"asset=%00&asset=%ED%A0%80&limi=%zz",
)


def take(data: bytes) -> None:
    asked = request(query=data)
    try:
        _check_query(asked, STATEMENT)
    except InvalidParameters as refusal:
        assert_telling(refusal)
        return
    pairs = list(asked.query_params.multi_items())
    names = [name for name, _ in pairs if name != "rarity"]
    assert len(names) == len(set(names))
    assert {"asset"} <= set(names) <= STATEMENT.parameters
    assert "\0" not in "".join(value for _, value in pairs)
    with suppress(UnicodeEncodeError):
        assert parse_qsl(urlencode(pairs), keep_blank_values=True) == pairs


def assert_telling(refusal: InvalidParameters) -> None:
    assert refusal.errors
    assert all(fault.place == "query" and fault.code and fault.detail for fault in refusal.errors)
