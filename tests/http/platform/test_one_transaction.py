"""Trap 12: who takes a second connection while holding one can lock up the pool."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import pytest
from attrs import define
from dependency_injector import providers

from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.wiring.exchange import Exchange
from tests.http.conftest import Client, client_of

_open: ContextVar[int] = ContextVar("_open", default=0)


@define
class Watched:
    """A store that notes how many transactions one request holds at a time."""

    store: Any
    begun: int = 0
    deepest: int = 0

    @asynccontextmanager
    async def begin(self, **origin: Any) -> AsyncIterator[Any]:
        self.begun += 1
        depth = _open.get() + 1
        _open.set(depth)
        self.deepest = max(self.deepest, depth)
        try:
            async with self.store.begin(**origin) as transaction:
                yield transaction
        finally:
            _open.set(depth - 1)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@pytest.fixture
def watched(exchange: Exchange) -> Watched:
    watched = Watched(exchange.database())
    exchange.database.override(providers.Object(watched))
    return watched


@pytest.fixture
async def client(exchange: Exchange, watched: Watched) -> AsyncIterator[Client]:
    async with client_of(create_app(exchange)) as client:
        yield client


async def test_trap_12_a_request_holds_one_transaction_at_a_time(client: Client, watched: Watched):
    account = {"email": "ann@example.com", "password": "correct horse battery"}
    await client.post("/v1/users", json={**account, "handle": "ann"})
    session = (await client.post("/v1/sessions", json=account)).json()
    headers = {"Authorization": f"Bearer {session['access_token']}", "Idempotency-Key": "k"}
    assert (await client.get("/v1/me", headers=headers)).status_code == 200
    await client.post("/v1/sessions/refresh", json={"refresh_token": session["refresh_token"]})
    assert (await client.get("/health/ready")).status_code == 200
    assert watched.begun >= 4
    assert watched.deepest == 1


async def test_the_watch_finds_a_second_transaction(client: Client, watched: Watched):
    async with watched.begin(), watched.begin():
        pass
    assert watched.deepest == 2
