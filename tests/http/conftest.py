"""The HTTP API over each store, called in this process without a socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import pytest
from attrs import frozen
from dependency_injector import providers
from litestar import Litestar

from ece_domain.identity import EmailAddress, Handle, PasswordHash, Role, SessionId, User, UserId
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import PasswordCost, Settings, Store
from tests.clock import SettableClock
from tests.postgres_fixture import migrated_database
from tests.rate_limits import NO_RATE_LIMITS

Client: TypeAlias = httpx2.AsyncClient


@frozen
class Person:
    """A logged-in user: send ``headers`` to call as them."""

    id: UserId
    headers: dict[str, str]


SignUp: TypeAlias = Callable[..., Awaitable[Person]]


def exchange_of(
    folder: Path,
    clock: SettableClock,
    *,
    store: Store = Store.memory,
    url: str = "",
    access_log: bool = False,
    **more: Any,
) -> Exchange:
    """Without rate limits unless ``more`` settings say so."""
    settings = Settings(
        store=store,
        database_url=url,
        secret_file=folder / "secret",
        access_log=access_log,
        **{"password_cost": PasswordCost.toy, **NO_RATE_LIMITS, **more},
    )
    return Exchange(settings=settings, clock=providers.Object(clock))


@asynccontextmanager
async def client_of(app: Litestar) -> AsyncIterator[Client]:
    async with (
        running(app),
        Client(transport=httpx2.ASGITransport(app), base_url="http://ece.test") as client,
    ):
        yield client


@asynccontextmanager
async def running(app: Litestar) -> AsyncIterator[None]:
    """Start and stop the application in one task, as fixtures begin and end in different ones."""
    started, stop = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        async with app.lifespan():
            started.set()
            await stop.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(run())
        await started.wait()
        yield
        stop.set()


@pytest.fixture(params=[store.value for store in Store])
async def exchange(
    request: pytest.FixtureRequest, tmp_path: Path, clock: SettableClock
) -> AsyncIterator[Exchange]:
    """An empty exchange, in each store in turn."""
    if request.param == Store.memory.value:
        yield exchange_of(tmp_path, clock)
        return
    async with migrated_database(request.getfixturevalue("postgres_server")) as url:
        yield exchange_of(tmp_path, clock, store=Store.postgres, url=url)


@pytest.fixture
async def client(exchange: Exchange) -> AsyncIterator[Client]:
    """A client of the API of ``exchange``."""
    async with client_of(create_app(exchange)) as client:
        yield client


def person(exchange: Exchange, handle: str = "ann", role: Role = Role.COLLECTOR) -> User:
    return User.register(
        UserId(exchange.new_id()()),
        email=EmailAddress(f"{handle}@example.com"),
        handle=Handle(handle),
        password_hash=PasswordHash("unusable"),
        role=role,
        now=exchange.clock()(),
    )


def headers_of(exchange: Exchange, user: User) -> dict[str, str]:
    session_id = SessionId(exchange.new_id()())
    token = exchange.identity.token_issuer().issue(user, session_id, exchange.clock()())
    return {"Authorization": f"Bearer {token.text}"}


@pytest.fixture
def sign_up(exchange: Exchange, client: Client) -> SignUp:
    """Creates a user in the store and logs them in; takes a handle and a role."""

    async def put(handle: str = "ann", role: Role = Role.COLLECTOR) -> Person:
        user = person(exchange, handle, role)
        async with exchange.database().begin() as transaction:
            transaction.users.save(user)
        return Person(user.id, headers_of(exchange, user))

    return put
