"""Errors of the domain become problem documents."""

import importlib
import pkgutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from attrs import define, evolve, fields_dict
from dependency_injector import providers
from litestar import Request

import ece_domain
from ece_domain import kernel
from ece_domain.identity import Role, TooBusy
from ece_domain.kernel import USD, Conflict, DomainError, Money
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.error_catalog import catalog
from ece_entrypoints.http.platform.problems import (
    answer_domain_error,
    problem_of,
    status_of,
    title_of,
)
from ece_entrypoints.wiring.exchange import Exchange
from tests.clock import SettableClock
from tests.http.conftest import client_of, exchange_of, headers_of, person


@define(slots=False)
class SoldToSomebody(Conflict):
    """It is sold: ``too`` late."""

    code = "test.sold-to-somebody"
    id: UUID
    price: Money
    at: datetime
    role: Role
    among: tuple[UUID, ...]
    huge: int
    more: dict[str, Money]
    nothing: None = None


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (kernel.InvalidInput, 400),
        (kernel.Unauthenticated, 401),
        (kernel.Forbidden, 403),
        (kernel.NotFound, 404),
        (kernel.Conflict, 409),
        (kernel.ConcurrentChange, 409),
        (kernel.RequestInFlight, 409),
        (kernel.IdempotencyKeyReused, 422),
        (kernel.LimitExceeded, 429),
        (kernel.Unavailable, 503),
    ],
)
def test_a_kind_of_error_has_its_status(kind: type[DomainError], status: int):
    assert status_of(kind) == status


def test_a_problem_carries_the_facts_as_json():
    price = Money(1250, USD)
    error = SoldToSomebody(
        UUID(int=1), price, datetime(2026, 7, 1, tzinfo=UTC), Role.ADMIN, (UUID(int=2),), 2**64,
        {"last": price},
    )  # fmt: skip
    wire = {"amount": 1250, "asset": "USD/2"}
    assert msgspec.json.decode(msgspec.json.encode(problem_of(error, "/v1/offers"))) == {
        "type": "/docs/errors/test.sold-to-somebody",
        "title": "Sold to somebody",
        "status": 409,
        "detail": "It is sold: `too` late.",
        "code": "test.sold-to-somebody",
        "instance": "/v1/offers",
        "id": str(UUID(int=1)),
        "price": wire,
        "at": "2026-07-01T00:00:00Z",
        "role": "admin",
        "among": [str(UUID(int=2))],
        "huge": str(2**64),
        "more": {"last": wire},
        "nothing": None,
    }


def test_no_fact_hides_a_member_of_the_problem():
    for module in pkgutil.walk_packages(ece_domain.__path__, "ece_domain."):
        importlib.import_module(module.name)
    members = {"type", "title", "status", "detail", "code", "instance"}
    errors = catalog()
    assert len(errors) > 10
    for code, error in errors.items():
        assert not members & fields_dict(error).keys(), code


def test_every_error_has_a_status_and_a_title():
    for code, error in catalog().items():
        assert 400 <= status_of(error) <= 503, code
        assert title_of(error)[0].isupper(), code


def test_trap_04_a_refusal_by_a_limit_has_retry_after(tmp_path: Path, clock: SettableClock):
    app = create_app(exchange_of(tmp_path, clock))
    scope = {"type": "http", "path": "/v1/sessions", "headers": [], "litestar_app": app}
    request: Request = Request(scope)
    answer = answer_domain_error(request, TooBusy())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


def test_trap_04_nothing_counts_requests_inexactly(tmp_path: Path, clock: SettableClock):
    app = create_app(exchange_of(tmp_path, clock))
    assert app.middleware == []


@pytest.mark.parametrize("url", ["", "https://cards.example", "https://cards.example/ece/"])
async def test_a_problem_has_absolute_addresses_if_the_public_one_is_known(
    tmp_path: Path, clock: SettableClock, url: str
):
    settings = evolve(exchange_of(tmp_path, clock).settings(), public_url=url)
    exchange = Exchange(settings=settings, clock=providers.Object(clock))
    async with client_of(create_app(exchange)) as client:
        problem = (await client.get("/v1/me")).json()
    base = url.rstrip("/")
    assert problem["type"] == f"{base}/docs/errors/http.token-required"
    assert problem["instance"] == f"{base}/v1/me"


async def test_a_refused_token_is_refused_in_the_header_too(tmp_path: Path, clock: SettableClock):
    """RFC 6750: an error is named only to those who sent a token."""
    exchange = exchange_of(tmp_path, clock)
    ann = headers_of(exchange, person(exchange))
    async with client_of(create_app(exchange)) as client:
        nobody = await client.get("/v1/me")
        forged = await client.get("/v1/me", headers={"Authorization": "Bearer x"})
        forbidden = await client.post("/v1/ledger/audit", headers=ann)
        clock.advance(minutes=11)
        late = await client.get("/v1/me", headers=ann)
    assert nobody.headers["WWW-Authenticate"] == 'Bearer realm="ece"'
    for answer, error in ((forged, "invalid_token"), (late, "invalid_token")):
        assert f'error="{error}", error_description="' in answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in forbidden.headers["WWW-Authenticate"]
    assert forbidden.status_code == 403
