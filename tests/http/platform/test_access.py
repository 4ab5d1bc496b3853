"""Tokens and roles: which calls are allowed, and the responses to others."""

from typing import Any

import pytest
from litestar import Controller, Request, Router, WebSocket, asgi, get, post, websocket
from litestar.exceptions import ImproperlyConfiguredException
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler, Receive, Scope, Send

from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.auth import access_of, signed_in
from ece_entrypoints.wiring.exchange import Exchange
from tests.clock import SettableClock
from tests.http.conftest import Client


async def test_a_request_without_a_token_gets_401(client: Client):
    answer = await client.get("/v1/own-offers")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="ece"'
    assert answer.json()["code"] == "http.token-required"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "token"])
async def test_refuses_other_schemes_than_bearer(client: Client, header: str):
    answer = await client.get("/v1/own-offers", headers={"Authorization": header})
    assert answer.json()["code"] == "http.token-required"


async def test_refuses_a_forged_token(client: Client, ann: dict[str, str]):
    *_, last = ann["Authorization"]
    forged = ann["Authorization"][:-1] + ("A" if last != "A" else "Q")
    answer = await client.get("/v1/own-offers", headers={"Authorization": forged})
    assert (answer.status_code, answer.json()["code"]) == (401, "identity.invalid-token")


async def test_refuses_an_expired_token(client: Client, ann: dict[str, str], clock: SettableClock):
    assert (await client.get("/v1/own-offers", headers=ann)).status_code == 200
    clock.advance(minutes=11)
    answer = await client.get("/v1/own-offers", headers=ann)
    assert (answer.status_code, answer.json()["code"]) == (401, "identity.token-expired")


async def test_refuses_other_roles_than_those_of_the_route(client: Client, ann: dict[str, str]):
    answer = await client.get("/v1/secrets", headers=ann)
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.role-not-allowed")


async def test_the_response_to_a_bug_has_no_details(client: Client, admin: dict[str, str], capsys):
    answer = await client.get("/v1/secrets", headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (500, "http.internal-error")
    assert "42" not in answer.text
    logged = capsys.readouterr().out
    assert "the secret is 42" in logged
    assert answer.headers["X-Request-Id"] in logged


async def hook(request: Request[Any, Any, Any]) -> None: ...


@get("/open")
async def undeclared() -> None: ...


@post("/open", name="options_handler", opt={})
async def options_handler() -> None: ...


@get("/open", opt=signed_in, before_request=hook)
async def own_hook() -> None: ...


class OwnHook(Controller):
    path = "/open"
    before_request = hook

    @get(opt=signed_in)
    async def handle(self) -> None: ...


@get("/open", opt=signed_in, cache=True)
async def cached() -> None: ...


@asgi("/open", copy_scope=True, opt=dict(signed_in))
async def raw(scope: Scope, receive: Receive, send: Send) -> None: ...


@websocket("/open", opt=dict(signed_in))
async def socket(socket: WebSocket[Any, Any, Any]) -> None: ...


@pytest.mark.parametrize(
    "route",
    [
        undeclared,
        options_handler,
        own_hook,
        OwnHook,
        Router("/", route_handlers=[get("/open", opt=signed_in)(hook)], before_request=hook),
        cached,
        raw,
        socket,
    ],
    ids=lambda route: getattr(route, "__name__", type(route).__name__),
)
def test_does_not_start_with_a_route_that_the_guard_does_not_see(
    exchange: Exchange, route: ControllerRouterHandler
):
    with pytest.raises(ImproperlyConfiguredException, match="/v1/open"):
        create_app(exchange, (route,))


def test_every_route_declares_its_roles(exchange: Exchange):
    handlers = [
        handler
        for route in create_app(exchange).routes
        if isinstance(route, HTTPRoute)
        for handler, _ in route.route_handler_map.values()
        if "OPTIONS" not in handler.http_methods
    ]
    assert handlers
    assert all(access_of(handler) is not None for handler in handlers)
