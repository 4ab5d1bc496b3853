"""The id of a request, the address of its client, and what the log says of both."""

import io
import json
import logging
import warnings
from pathlib import Path
from typing import Any

import httpx2
import pytest
from attrs import evolve
from dependency_injector import providers
from litestar import Litestar, Request, get

from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.auth import public
from ece_entrypoints.http.platform.request_context import client_address
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import InvalidSettings, Settings
from tests.clock import SettableClock
from tests.http.conftest import Client, client_of, exchange_of
from tests.http.platform.conftest import ROUTES

PROXY = "10.0.0.7"
FORWARDED = {"X-Forwarded-For": "198.51.100.9, 203.0.113.4"}


@get("/address", opt=public, operation_id="getAddress", summary="See your address")
async def address(request: Request[Any, Any, Any]) -> str:
    return client_address(request)


async def address_seen(app: Litestar, peer: str, headers: dict[str, str]) -> str:
    transport = httpx2.ASGITransport(app, client=(peer, 4711))
    async with client_of(app), Client(transport=transport, base_url="http://ece.test") as client:
        return (await client.get("/v1/address", headers=headers)).text


def behind(exchange: Exchange, trusted_proxies: str) -> Exchange:
    exchange.settings.override(
        providers.Object(evolve(exchange.settings(), trusted_proxies=trusted_proxies))
    )
    return exchange


async def test_a_client_that_claims_another_address_keeps_its_own(exchange: Exchange):
    app = create_app(exchange, (address,))
    assert await address_seen(app, PROXY, FORWARDED) == PROXY


@pytest.mark.parametrize("trusted", [PROXY, "192.0.2.1, 10.0.0.0/8"])
async def test_the_address_comes_from_the_trusted_proxy_and_not_from_the_client(
    exchange: Exchange, trusted: str
):
    app = create_app(behind(exchange, trusted), (address,))
    assert await address_seen(app, PROXY, FORWARDED) == "203.0.113.4"


async def test_only_a_trusted_proxy_names_the_client(exchange: Exchange):
    app = create_app(behind(exchange, PROXY), (address,))
    assert await address_seen(app, "10.0.0.8", FORWARDED) == "10.0.0.8"


def test_a_trusted_proxy_is_an_address_or_a_network(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ECE_TRUSTED_PROXIES", "127.0.0.1,proxy.example")
    with pytest.raises(InvalidSettings, match=r"proxy\.example"):
        Settings.from_environment()


async def test_a_request_never_takes_the_id_that_the_client_chose(client: Client):
    answer = await client.get("/health/live", headers={"X-Request-Id": "abc-1"})
    assert len(answer.headers["X-Request-Id"]) == 32
    assert answer.headers["X-Client-Request-Id"] == "abc-1"


@pytest.mark.parametrize("given", ["a" * 65, "a b", ""])
async def test_an_invalid_client_request_id_is_not_repeated(client: Client, given: str):
    answer = await client.get("/health/live", headers={"X-Request-Id": given})
    assert "X-Client-Request-Id" not in answer.headers


async def test_the_lines_of_a_request_have_its_ids_its_client_and_its_user(
    tmp_path: Path, clock: SettableClock, admin: dict[str, str], logged: io.BytesIO
):
    exchange = exchange_of(tmp_path, clock, access_log=True)
    async with client_of(create_app(exchange, ROUTES)) as client:
        answer = await client.get("/v1/secrets", headers={**admin, "X-Request-Id": "abc-1"})
        await client.get("/health/live")
    bug, line, next_line = (json.loads(each) for each in logged.getvalue().splitlines())
    assert (bug["event"], line["event"]) == ("unexpected", "answered")
    for each in (bug, line):
        assert each["request_id"] == answer.headers["X-Request-Id"]
        assert each["client_request_id"] == "abc-1"
        assert each["client"] == "127.0.0.1"
        assert len(each["user_id"]) == 36
    assert not {"user_id", "client_request_id"} & next_line.keys()


def test_lines_of_libraries_and_warnings_are_json(logged: io.BytesIO):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)  # pytest puts its own in its place for each test
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    logging.getLogger("uvicorn.error").warning("Invalid %s request received.", "HTTP")
    logging.getLogger("asyncio").error("Task failed", exc_info=ZeroDivisionError("by zero"))
    warned, refused, failed = (json.loads(each) for each in logged.getvalue().splitlines())
    assert (warned["logger"], warned["level"]) == ("py.warnings", "warning")
    assert "DeprecationWarning: old" in warned["event"]
    assert (refused["logger"], refused["event"]) == (
        "uvicorn.error",
        "Invalid HTTP request received.",
    )
    assert (failed["event"], failed["level"]) == ("Task failed", "error")
    assert "by zero" in str(failed["exception"])
