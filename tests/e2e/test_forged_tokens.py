"""Forged and expired tokens are refused on every guarded route of a running server."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

import httpx2
import pytest
from litestar.routes import HTTPRoute

from ece_adapters.crypto import SigningKey
from ece_domain.identity import Role, SessionId
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.auth import access_of
from ece_entrypoints.wiring.exchange import Exchange
from tests.http.conftest import person
from tests.tally import Tally
from tests.unit.identity.forged_tokens import forgeries

from .bazaar import Bazaar
from .exchange_process import ExchangeProcess, exchange_process

ANY_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
ANN = {"email": "ann@example.com", "handle": "ann", "password": "correct horse battery"}


@pytest.fixture(scope="module")
def running() -> Iterator[ExchangeProcess]:
    with exchange_process() as running:
        yield running


def guarded(exchange: Exchange) -> list[tuple[str, str]]:
    """The method and path of every route that is not public."""
    return [
        (method, re.sub(r"\{\w+\}", ANY_ID, route.path_format))
        for route in create_app(exchange).routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if (access := access_of(handler)) is not None and access.roles is not None
    ]


async def refusal(
    client: httpx2.AsyncClient, method: str, path: str, token: str
) -> Mapping[str, object]:
    """The problem for an invalid token, which is the same for all of them."""
    header = {b"Authorization": b"Bearer " + token.encode("latin-1")}
    answer = await client.request(method, path, headers=header)
    problem: dict[str, object] = answer.json()
    code = problem["code"]
    assert answer.status_code == problem["status"] == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="ece"')
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"/docs/errors/{code}"
    assert problem.keys() == {"type", "title", "status", "detail", "code", "instance"}
    return problem


async def test_no_forged_token_opens_any_route(
    client: httpx2.AsyncClient, bazaar: Bazaar, tally: Tally
):
    admin = await bazaar.trader(role=Role.ADMIN)
    genuine = admin.headers["Authorization"].removeprefix("Bearer ")
    forged = forgeries(SigningKey.derived_from(bazaar.exchange.secret()), genuine)
    routes = guarded(bazaar.exchange)
    for name, token in forged.items():
        for method, path in routes:
            problem = await refusal(client, method, path, token)
            assert problem["code"] == "identity.invalid-token", (name, method, path)
    assert (await client.get("/v1/me", headers=admin.headers)).status_code == 200
    tally.count("forged tokens", len(forged), at_least=50)
    tally.count("guarded routes", len(routes), at_least=30)


async def test_no_token_that_is_over_opens_any_route(
    client: httpx2.AsyncClient, bazaar: Bazaar, tally: Tally
):
    """Tokens that are expired, of an ended session, or of a user whose role changed."""
    exchange = bazaar.exchange
    user = person(exchange, role=Role.ADMIN)
    earlier = bazaar.clock() - timedelta(minutes=10)
    expired = exchange.identity.token_issuer().issue(user, SessionId(user.id), earlier).text
    over = {expired: "identity.token-expired"}

    ann = (await client.post("/v1/users", json=ANN)).json()
    known = {name: ANN[name] for name in ("email", "password")}
    sessions = [(await client.post("/v1/sessions", json=known)).json() for _ in range(3)]
    over |= {session["access_token"]: "identity.session-not-active" for session in sessions}
    logged_out = {"Authorization": f"Bearer {sessions[0]['access_token']}"}
    await client.delete("/v1/sessions/current", headers=logged_out)
    copied = shown = sessions[1]["refresh_token"]
    for _ in range(2):
        refreshed = await client.post("/v1/sessions/refresh", json={"refresh_token": shown})
        shown = refreshed.json()["refresh_token"]
    await client.post("/v1/sessions/refresh", json={"refresh_token": copied})
    admin = await bazaar.trader(role=Role.ADMIN)
    role = {"role": "moderator"}
    await client.put(f"/v1/users/{ann['id']}/role", json=role, headers=admin.headers)

    for token, code in over.items():
        for method, path in guarded(exchange):
            problem = await refusal(client, method, path, token)
            assert problem["code"] == code, (method, path)
    tally.count("tokens that are over", len(over), at_least=4)
