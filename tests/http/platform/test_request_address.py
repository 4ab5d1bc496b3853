"""Requests for other hosts, and paths that can be read in two ways, are refused before routing."""

from typing import Any

import msgspec
import pytest
from attrs import evolve
from dependency_injector import providers
from litestar import Litestar

from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.wiring.exchange import Exchange
from tests.http.conftest import Client

SERVERS = {"loopback": ("127.0.0.1", 8000), "IPv6": ("::1", 8000), "network": ("10.1.2.3", 8000)}
LIVE = "/health/live"


async def asked(app: Litestar, hosts: list[str], server: str = "loopback", path: str = LIVE) -> Any:
    """The status of the answer to a request with these headers ``Host``, and its code."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", host.encode()) for host in hosts],
        "client": ("127.0.0.1", 4711),
        "server": SERVERS[server],
        "state": {},
    }
    await app(scope, receive, send)
    answered = msgspec.json.decode(sent[1]["body"])
    return sent[0]["status"], answered.get("code", "")


@pytest.mark.parametrize(
    ("host", "server"),
    [
        ("localhost", "loopback"),
        ("LOCALHOST:8000", "loopback"),
        ("127.0.0.1:8000", "loopback"),
        ("[::1]:8000", "IPv6"),
        ("localhost:8000", "IPv6"),
        ("10.1.2.3:8000", "network"),
        ("cards.example", "network"),
        ("Cards.Example:443", "loopback"),
        ("probe", "network"),
        ("[fd00::7]:80", "network"),
    ],
)
async def test_a_request_for_a_host_of_the_exchange_is_answered(
    exchange: Exchange, host: str, server: str
):
    settings = evolve(
        exchange.settings(),
        public_url="https://cards.example/",
        allowed_hosts="probe, [fd00::7]",
    )
    exchange.settings.override(providers.Object(settings))
    assert await asked(create_app(exchange), [host], server) == (200, "")


@pytest.mark.parametrize(
    ("host", "server"),
    [
        ("evil.example", "loopback"),
        ("localhost.evil.example:8000", "loopback"),
        ("127.0.0.1.evil.example", "loopback"),
        ("localhost:8000", "network"),
        ("127.0.0.2", "network"),
        ("10.1.2.3", "loopback"),
    ],
)
async def test_a_request_for_another_host_is_refused(exchange: Exchange, host: str, server: str):
    app = create_app(exchange)
    for path in (LIVE, "/", "/docs/api", "/nowhere"):
        assert await asked(app, [host], server, path) == (421, "http.unknown-host")


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [""],
        ["localhost", "localhost"],
        ["localhost", "evil.example"],
        ["localhost:"],
        ["localhost:port"],
        ["user@localhost"],
        ["localhost/x"],
        ["localhost, localhost"],
        ["[::1"],
    ],
)
async def test_a_request_names_one_host(exchange: Exchange, hosts: list[str]):
    assert await asked(create_app(exchange), hosts) == (400, "http.invalid-host")


@pytest.mark.parametrize(
    "path",
    [
        "//v1/offers",
        "/v1//offers",
        "/v1/offers//",
        "/v1%2Foffers",
        "/v1/%2foffers",
        "/v1/offers%2F1",
    ],
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_a_path_that_a_proxy_could_read_otherwise_is_not_there(
    client: Client, path: str, method: str
):
    answer = await client.request(method, f"http://ece.test{path}")
    assert answer.request.url.raw_path == path.encode()
    assert (answer.status_code, answer.json()["code"]) == (404, "http.not-found")
    assert len(answer.headers["X-Request-Id"]) == 32
