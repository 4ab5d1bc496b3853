"""Rate limits as clients meet them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from ece_domain.identity import EmailAddress, Handle, Password
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import PasswordCost
from tests.clock import SettableClock
from tests.http.conftest import Client, exchange_of, headers_of, person, running

PASSWORD = "correct horse battery"
USUAL = {
    "rate_limit_authentication": "10/900",
    "rate_limit_authentication_network": "100/900",
    "rate_limit_authentication_account": "100/900",
    "rate_limit_refresh": "300/900",
}


@pytest.fixture
async def limited(tmp_path, clock: SettableClock) -> AsyncIterator["Server"]:
    server = Server(exchange_of(tmp_path, clock, **USUAL))
    async with running(server.app):
        yield server


class Server:
    """An API that clients of several addresses speak to."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.app = create_app(exchange)

    @asynccontextmanager
    async def client(self, address: str) -> AsyncIterator[Client]:
        transport = httpx2.ASGITransport(self.app, client=(address, 4711))
        async with Client(transport=transport, base_url="http://ece.test") as client:
            yield client

    async def log_in(self, address: str, name: str, password: str = PASSWORD) -> httpx2.Response:
        body = {"email": f"{name}@example.com", "password": password}
        async with self.client(address) as client:
            return await client.post("/v1/sessions", json=body)

    async def register(self, *names: str) -> None:
        for name in names:
            await self.exchange.identity.register_user()(
                email=EmailAddress(f"{name}@example.com"),
                handle=Handle(name),
                password=Password(PASSWORD),
            )


async def test_of_a_hundred_wrong_passwords_ten_are_tried(limited: Server):
    """100 in 4.8 seconds went unhindered."""
    await limited.register("ann")
    answers = [await limited.log_in("198.51.100.7", "ann", "wrong" * 3) for _ in range(100)]
    assert [each.status_code for each in answers] == [401] * 10 + [429] * 90

    assert (await limited.log_in("192.0.2.1", "ann")).status_code == 201


async def test_a_flood_of_48_clients_fails_no_honest_log_in(tmp_path, clock: SettableClock):
    """29 of 30 honest log-ins failed. Every password takes as long as in production."""
    exchange = exchange_of(tmp_path, clock, password_cost=PasswordCost.standard, **USUAL)
    server = Server(exchange)
    names = [f"user{number}" for number in range(6)]
    async with running(server.app):
        await server.register(*names)

        async def flood(nth: int) -> None:
            while True:
                await server.log_in("198.51.100.7", f"nobody{nth}", "wrong" * 3)
                await asyncio.sleep(0.001)

        flooding = [asyncio.create_task(flood(nth)) for nth in range(48)]
        await asyncio.sleep(0.1)
        answers = [
            await server.log_in(f"192.0.2.{nth}", name) for nth, name in enumerate(names * 5)
        ]
        for task in flooding:
            task.cancel()
        await asyncio.gather(*flooding, return_exceptions=True)
    assert [answer.status_code for answer in answers] == [201] * 30


async def test_the_headers_tell_what_is_left(limited: Server):
    await limited.register("ann")
    answer = await limited.log_in("192.0.2.1", "ann")
    assert answer.headers["RateLimit"] == (
        '"authentication";r=9;t=90, "authentication-network";r=99;t=9,'
        ' "authentication-account";r=99;t=9'
    )
    assert answer.headers["RateLimit-Policy"] == (
        '"authentication";q=10;w=900, "authentication-network";q=100;w=900,'
        ' "authentication-account";q=100;w=900'
    )


async def test_a_refusal_says_when_to_come_back(limited: Server):
    for _ in range(10):
        await limited.log_in("192.0.2.1", "ann")
    answer = await limited.log_in("192.0.2.1", "ann")

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "90"
    assert answer.headers["RateLimit"].startswith('"authentication";r=0;t=900,')
    problem = answer.json()
    assert problem["code"] == "kernel.rate-limited"
    assert (problem["limit"], problem["retry_after_seconds"]) == ("authentication", 90)


async def test_other_routes_have_no_such_headers(limited: Server):
    async with limited.client("192.0.2.1") as client:
        await limited.log_in("192.0.2.1", "ann")
        answer = await client.get("/v1/card-sets")
    assert "RateLimit" not in answer.headers


class TestGeneralLimit:
    @pytest.fixture
    async def server(self, tmp_path, clock: SettableClock) -> AsyncIterator[Server]:
        server = Server(exchange_of(tmp_path, clock, rate_limit_general="3/60"))
        async with running(server.app):
            yield server

    async def test_counts_users_wherever_they_are_and_strangers_by_address(self, server: Server):
        ann = person(server.exchange)
        async with server.exchange.database().begin() as transaction:
            transaction.users.save(ann)
        headers = headers_of(server.exchange, ann)
        came_to = []
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3"):
            async with server.client(address) as client:
                came_to.append((await client.get("/v1/me", headers=headers)).status_code)
        async with server.client("192.0.2.1") as client:
            came_to += [(await client.get("/v1/card-sets")).status_code for _ in range(4)]

        assert came_to == [200, 200, 200, 429] * 2

    async def test_limits_who_guesses_tokens(self, server: Server):
        async with server.client("192.0.2.1") as client:
            guess = {"Authorization": "Bearer guessed"}
            came_to = [(await client.get("/v1/me", headers=guess)).status_code for _ in range(4)]

        assert came_to == [401, 401, 401, 429]

    async def test_leaves_health_checks_alone_and_names_itself(self, server: Server):
        async with server.client("192.0.2.1") as client:
            came_to = [(await client.get("/health/live")).status_code for _ in range(5)]
            for _ in range(3):
                await client.get("/v1/card-sets")
            refused = await client.get("/v1/card-sets")

        assert came_to == [200] * 5
        assert refused.headers["RateLimit"] == '"general";r=0;t=60'
        assert (refused.headers["RateLimit-Policy"], refused.headers["Retry-After"]) == (
            '"general";q=3;w=60',
            "20",
        )


@pytest.mark.parametrize("text", ["10", "10/", "0/900", "10/0", "ten/900", "10/-1"])
def test_a_limit_that_is_none_is_refused(tmp_path, clock: SettableClock, text: str):
    with pytest.raises(ValueError):  # noqa: PT011 - of int() or of the setting
        exchange_of(tmp_path, clock, rate_limit_general=text)
