"""A small API on the platform, to test the platform without any context."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest
import structlog
from litestar import Request, Response, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from ece_domain import kernel
from ece_domain.identity import Role
from ece_domain.kernel import USD, IdempotentResult, Page
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.auth import Caller, only, public, signed_in
from ece_entrypoints.http.platform.conditional import IfMatch, tagged, unless_known
from ece_entrypoints.http.platform.idempotency import Key, answered
from ece_entrypoints.http.platform.json_body import Timestamp
from ece_entrypoints.http.platform.logs import configure_logs
from ece_entrypoints.http.platform.money import Money
from ece_entrypoints.http.platform.pagination import PageBody, Paging
from ece_entrypoints.http.platform.views import view
from ece_entrypoints.wiring.exchange import Exchange
from tests.clock import SettableClock
from tests.http.conftest import Client, client_of, exchange_of, headers_of, person

VERSION = 3


class OfferBody(Struct, frozen=True, forbid_unknown_fields=True):
    price: Money
    note: Annotated[str, Meta(max_length=40)] = ""
    until: Timestamp | None = None
    also: Annotated[tuple[Money, ...], Meta(max_length=5)] = ()


class OfferView(Struct, frozen=True, kw_only=True):
    number: int
    price: Money
    until: datetime | None = None


class OffersPage(PageBody[OfferView], frozen=True):
    """A page of offers."""


@post("/offers", opt=signed_in, operation_id="makeOffer", summary="Offer")
async def make_offer(
    request: Request[Any, Any, Any], caller: Caller, key: Key, data: JSONBody[OfferBody]
) -> Response[OfferView]:
    made: set[object] = request.app.state.setdefault("made", set())
    answer = IdempotentResult((caller.user_id, key), is_replayed=(caller.user_id, key) in made)
    made.add(answer.value)
    price = view(data.price.to_domain(), Money)
    return answered(answer, OfferView(number=1, price=price, until=data.until))


@get("/offers", opt=public, operation_id="findOffers", summary="Find offers")
async def find_offers(
    paging: Paging,
    maker: FromQuery[UUID | None] = None,
    text: Annotated[str | None, QueryParameter(max_length=20)] = None,
    tag: FromQuery[list[str] | None] = None,
    lowest: Annotated[int, QueryParameter(ge=0, le=100)] = 0,
) -> Response[OffersPage]:
    return _some_offers(paging)


@get("/old-offers", opt=public, operation_id="findOldOffers", summary="Find old offers")
async def find_old_offers(paging: Paging) -> Response[OffersPage]:
    return _some_offers(paging)


@get("/own-offers", opt=signed_in, operation_id="findOwnOffers", summary="Find own offers")
async def find_own_offers(caller: Caller, paging: Paging) -> Response[OffersPage]:
    return _some_offers(paging)


@get("/offers/{number:int}", opt=public, operation_id="getOffer", summary="Get an offer")
async def get_offer(request: Request[Any, Any, Any], number: FromPath[int]) -> Response[OfferView]:
    offer = OfferView(number=number, price=view(kernel.Money(number, USD), Money))
    return unless_known(request, offer, VERSION)


@patch("/offers/{number:int}", opt=signed_in, operation_id="changeOffer", summary="Change it")
async def change_offer(
    number: FromPath[int], if_match: IfMatch, data: JSONBody[OfferBody]
) -> Response[OfferView]:
    kernel.Aggregate(version=VERSION).check_version(if_match)
    return tagged(OfferView(number=number, price=view(data.price.to_domain(), Money)), VERSION)


@get("/makers/{name:str}", opt=public, operation_id="getMaker", summary="See a maker")
async def get_maker(
    name: FromPath[str], kind: Annotated[str, QueryParameter(max_length=9)]
) -> Response[dict[str, str]]:
    return Response({"name": name, "kind": kind})


@get("/secrets", opt=only(Role.ADMIN), operation_id="getSecrets", summary="For admins")
async def get_secrets() -> None:
    raise ZeroDivisionError("the secret is 42")


def _some_offers(paging: Paging) -> Response[OffersPage]:
    """A list of the numbers from 0 to 9."""
    start = 0 if paging.request.after is None else int(paging.request.after[0]) + 1
    end = min(start + paging.request.limit, 10)
    items = tuple(_Offer(number, kernel.Money(number, USD)) for number in range(start, end))
    following = (end - 1,) if end < 10 else None
    return paging.answer(OffersPage, Page(items, following), OfferView)


class _Offer(Struct):
    number: int
    price: kernel.Money


ROUTES = (
    make_offer,
    find_offers,
    find_old_offers,
    find_own_offers,
    get_offer,
    change_offer,
    get_maker,
    get_secrets,
)


@pytest.fixture
def exchange(tmp_path: Path, clock: SettableClock) -> Exchange:
    return exchange_of(tmp_path, clock)


@pytest.fixture
async def client(exchange: Exchange) -> AsyncIterator[Client]:
    async with client_of(create_app(exchange, ROUTES)) as client:
        yield client


@pytest.fixture
def ann(exchange: Exchange) -> dict[str, str]:
    """The headers of a logged-in collector."""
    return headers_of(exchange, person(exchange, "ann"))


@pytest.fixture
def bob(exchange: Exchange) -> dict[str, str]:
    return headers_of(exchange, person(exchange, "bob"))


@pytest.fixture
def admin(exchange: Exchange) -> dict[str, str]:
    return headers_of(exchange, person(exchange, "root", Role.ADMIN))


@pytest.fixture
def logged() -> Iterator[io.BytesIO]:
    """The lines of the server's log during the test."""
    out = io.BytesIO()
    configure_logs(out)
    # A logger that is cached would write the lines of later tests here, too.
    structlog.configure(cache_logger_on_first_use=False)
    yield out
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    logging.root.handlers.clear()
