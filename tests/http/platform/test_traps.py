"""Each trap of this stack is closed, by its number in the list of traps."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dependency_injector import providers
from litestar.routes import HTTPRoute

from ece_adapters.memory import MemoryDatabase
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.json_body import MAX_BODY
from ece_entrypoints.wiring.exchange import Exchange
from tests.http.conftest import Client, client_of, running

GOOD = {"price": {"amount": 1250, "asset": "USD/2"}}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def keyed(ann: dict[str, str]) -> dict[str, str]:
    return {**ann, "Idempotency-Key": "first"}


async def offer(client: Client, keyed: dict[str, str], body: bytes, **headers: str) -> Any:
    return await client.post("/v1/offers", content=body, headers={**keyed, **JSON, **headers})


def body_with(**fields: object) -> bytes:
    return json.dumps({**GOOD, **fields}).encode()


async def test_accepts_valid_values(client: Client, keyed: dict[str, str]):
    answer = await offer(client, keyed, body_with(note="a fine card", until="2026-08-01T00:00:00Z"))
    assert answer.status_code == 201
    assert answer.json()["price"] == {"amount": 1250, "asset": "USD/2"}


async def test_trap_01_invalid_utf8_is_a_400(client: Client, keyed: dict[str, str]):
    answer = await offer(client, keyed, b'{"note": "\xff"}')
    assert (answer.status_code, answer.json()["code"]) == (400, "http.malformed-body")
    assert answer.json()["reason"] == "no UTF-8 at byte 10"


@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"a":' * 65 + b"1" + b"}" * 65])
async def test_trap_01_deep_nesting_is_a_400(client: Client, keyed: dict[str, str], body: bytes):
    answer = await offer(client, keyed, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "http.too-deep")


async def test_trap_01_braces_in_a_text_are_not_nesting(client: Client, keyed: dict[str, str]):
    answer = await offer(client, keyed, body_with(note='"' + "{" * 80))
    assert answer.json()["code"] == "http.invalid-body"  # too long a note, but not too deep


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "a/b+json"]
)
async def test_trap_02_only_json_is_taken_as_json(client: Client, keyed: dict[str, str], kind: str):
    answer = await client.post(
        "/v1/offers", content=body_with(), headers={**keyed, "Content-Type": kind}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "http.unsupported-media-type")


async def test_trap_02_a_charset_does_no_harm(client: Client, keyed: dict[str, str]):
    kind = "Application/JSON; charset=utf-8"
    assert (await offer(client, keyed, body_with(), **{"Content-Type": kind})).status_code == 201


async def test_trap_02_a_compressed_body_is_a_415(client: Client, keyed: dict[str, str]):
    answer = await offer(client, keyed, body_with(), **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "http.unsupported-encoding")


async def test_trap_03_a_problem_is_complete(client: Client, keyed: dict[str, str]):
    answer = await offer(client, keyed, b"{}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/docs/errors/http.invalid-body",
        "title": "Invalid body",
        "status": 400,
        "detail": "The body is not valid. `errors` lists the wrong fields, at most 20, each with "
        "its place in the body and what is wrong. Correct the fields that `errors` names, then "
        "send the request again.",
        "code": "http.invalid-body",
        "instance": "/v1/offers",
        "errors": [{"pointer": "#/price", "code": "missing", "detail": "'price' is required."}],
    }


async def test_trap_03_the_type_of_a_problem_leads_to_a_page(client: Client):
    problem = (await client.get("/v1/own-offers")).json()
    page = await client.get(problem["type"])
    assert page.status_code == 200
    assert problem["code"] in page.text
    for part in ("What happened", "Why", "What to do", "Example", "Routes"):
        assert f"<h2>{part}</h2>" in page.text
    assert "<code>Authorization: Bearer &lt;access token&gt;</code>" in page.text


def test_trap_05_there_is_no_websocket_and_no_token_in_a_query(exchange: Exchange):
    for route in create_app(exchange).routes:
        assert isinstance(route, HTTPRoute)
        for handler, kwargs in route.route_handler_map.values():
            names = {parameter.field_alias for parameter in kwargs.expected_query_params}
            assert not [name for name in names if "token" in name], handler


async def test_trap_06_an_unknown_field_is_named(client: Client, keyed: dict[str, str]):
    answer = await offer(client, keyed, body_with(notes="?"))
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/notes", "unknown")
    assert "'note'" in fault["detail"]


async def test_trap_06_an_unknown_field_inside_is_named(client: Client, keyed: dict[str, str]):
    body = body_with(also=[GOOD["price"], {**GOOD["price"], "tax": 1}])
    (fault,) = (await offer(client, keyed, body)).json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/also/1/tax", "unknown")


@pytest.mark.parametrize(
    "body",
    [
        b'{"note": "a", "note": "b", "price": {"amount": 1, "asset": "USD/2"}}',
        b'{"price": {"amount": 1, "amount": 2, "asset": "USD/2"}}',
        b'{"price": {"amount": 1, "\\u0061mount": 2, "asset": "USD/2"}}',
    ],
)
async def test_trap_06_the_same_key_twice_is_a_400(
    client: Client, keyed: dict[str, str], body: bytes
):
    answer = await offer(client, keyed, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "http.duplicate-key")
    assert answer.json()["key"] in {"note", "amount"}


@pytest.mark.parametrize("digits", [str(2**63), str(-(2**63) - 1), "9" * 30, "9" * 4301])
async def test_trap_06_a_huge_integer_is_a_400(client: Client, keyed: dict[str, str], digits: str):
    body = b'{"price": {"amount": %b, "asset": "USD/2"}}' % digits.encode()
    answer = await offer(client, keyed, body)
    assert answer.status_code == 400
    assert answer.json()["code"] in {"http.invalid-body", "http.malformed-body"}


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "\\udfff\\ud800"])
async def test_trap_06_text_that_no_database_takes_is_a_400(
    client: Client, keyed: dict[str, str], text: str
):
    body = b'{"price": {"amount": 1, "asset": "USD/2"}, "note": "a%b"}' % text.encode()
    (fault,) = (await offer(client, keyed, body)).json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/note", "invalid-text")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"\\ud800": {"\\udc00": "\\u0000"}}', "http.invalid-body"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "http.duplicate-key"),
    ],
)
async def test_trap_06_a_key_that_no_answer_can_repeat_is_a_400(
    client: Client, keyed: dict[str, str], body: bytes, code: str
):
    answer = await offer(client, keyed, body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert "\N{REPLACEMENT CHARACTER}" in answer.text


async def test_trap_06_escapes_of_sound_text_are_taken(client: Client, keyed: dict[str, str]):
    body = b'{"price": {"amount": 1, "asset": "USD/2"}, "note": "\\ud83d\\ude00 \\\\u0000"}'
    assert (await offer(client, keyed, body)).status_code == 201


async def test_trap_06_a_naive_time_is_a_400(client: Client, keyed: dict[str, str]):
    (fault,) = (await offer(client, keyed, body_with(until="2026-08-01T00:00:00"))).json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/until", "offset-missing")


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00"])
async def test_trap_06_a_time_beyond_the_calendar_is_a_400(
    client: Client, keyed: dict[str, str], until: str
):
    (fault,) = (await offer(client, keyed, body_with(until=until))).json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/until", "out-of-bounds")


@pytest.mark.parametrize("amount", [1.0, 1.5, "1", True, None, [1]])
async def test_trap_07_money_is_a_whole_number(
    client: Client, keyed: dict[str, str], amount: object
):
    answer = await offer(client, keyed, body_with(price={"amount": amount, "asset": "USD/2"}))
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/price/amount", "wrong-type")


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
async def test_trap_07_not_a_number_is_not_json(
    client: Client, keyed: dict[str, str], number: bytes
):
    body = b'{"price": {"amount": %b, "asset": "USD/2"}}' % number
    answer = await offer(client, keyed, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "http.malformed-body")


async def test_a_store_that_is_gone_is_a_503(exchange: Exchange):
    exchange.database.override(providers.Object(Gone()))
    async with client_of(create_app(exchange)) as client:
        answer = await client.get("/health/ready")
        live = await client.get("/health/live")
    assert (answer.status_code, answer.json()["code"]) == (503, "kernel.unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert live.status_code == 200


async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_bug(
    exchange: Exchange, capsys: pytest.CaptureFixture[str]
):
    app = create_app(exchange)
    heard = iter([{"type": "http.request", "body": b"{", "more_body": True}])
    statuses = []

    async def receive() -> Any:
        return next(heard, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/sessions",
        "raw_path": b"/v1/sessions",
        "query_string": b"",
        "root_path": "",
        "client": ("::1", 1),
        "server": ("ece.test", 80),
        "headers": [(b"host", b"ece.test"), (b"content-type", b"application/json")],
    }
    async with running(app):
        await app(scope, receive, send)

    assert statuses[0] == 400
    assert "unexpected" not in capsys.readouterr().out


async def test_a_body_over_64_kib_is_a_413(client: Client, keyed: dict[str, str]):
    answer = await offer(client, keyed, b" " * MAX_BODY + b"{}")
    assert (answer.status_code, answer.json()["code"]) == (413, "http.body-too-large")
    assert answer.json()["max_bytes"] == MAX_BODY


async def test_a_body_over_64_kib_in_chunks_is_a_413(client: Client, keyed: dict[str, str]):
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * (MAX_BODY // 16)

    answer = await client.post("/v1/offers", content=chunks(), headers={**keyed, **JSON})
    assert "Content-Length" not in answer.request.headers
    assert (answer.status_code, answer.json()["code"]) == (413, "http.body-too-large")


async def test_no_body_is_a_400(client: Client, keyed: dict[str, str]):
    answer = await client.post("/v1/offers", headers=keyed)
    assert (answer.status_code, answer.json()["code"]) == (400, "http.body-required")


class Gone(MemoryDatabase):
    """A store that does not answer."""

    async def ready(self) -> bool:
        return False
