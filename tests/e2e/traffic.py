"""A workload over HTTP: collectors who sell cards to each other, also during faults."""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any, Final
from uuid import UUID

import httpx2
from attrs import define, field, frozen

from ece_adapters.postgres import PostgresDatabase
from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import USD
from ece_domain.ledger import Account
from ece_domain.sales import SaleId
from ece_entrypoints.wiring.exchange import Exchange
from tests.contract.ledger.stores import assert_sound

from .bazaar import Bazaar, Trader
from .exchange_process import DEADLINE

PRICE: Final = 1_000
PURSE: Final = 1_000_000_000
PATIENCE: Final = 180.0
"""The timeout in seconds; long, as a busy machine may kill a server before it is ready."""
_TO_BE_ASKED_AGAIN: Final = {
    409: {"kernel.concurrent-change", "kernel.request-in-flight"},
    503: {"kernel.unavailable"},
}
"""The problems that a client should answer with the same request, by their status."""


@frozen
class Sale:
    """A purchase as acknowledged to the buyer."""

    id: UUID
    listing_id: UUID
    card_id: UUID
    seller_id: UUID
    buyer_id: UUID
    price: int

    @classmethod
    def told(cls, answer: dict[str, Any]) -> "Sale":
        return cls(
            **{name: UUID(answer[name]) for name in ("id", "card_id", "seller_id", "buyer_id")},
            listing_id=UUID(answer["origin"]["id"]),
            price=answer["price"]["amount"],
        )


@define
class Pair:
    """Two traders, and the card that they sell each other repeatedly."""

    card: CardId
    owner: Trader
    buyer: Trader


@define
class Traffic:
    """Lists and buys, repeating each request with its key until it is answered.

    After a lost connection, a 503, or a 409 of a request in flight it sends the same request
    again. Any other error ends the traffic and fails the test.
    """

    url: str
    pairs: list[Pair]
    listings: list[UUID] = field(factory=list)
    sales: list[Sale] = field(factory=list)
    met: Counter[str] = field(factory=Counter)
    _turns: Iterator[int] = field(factory=lambda: count(1))
    _chance: random.Random = field(factory=lambda: random.Random(7))
    _over: threading.Event = field(factory=threading.Event)
    _flow: Future[None] = field(init=False)

    @classmethod
    async def of(cls, bazaar: Bazaar, pairs: int) -> "Traffic":
        people = []
        for _ in range(pairs):
            owner, buyer = await bazaar.trader(PURSE), await bazaar.trader(PURSE)
            (card,) = await bazaar.cards(owner, 1)
            people.append(Pair(card, owner, buyer))
        return cls(str(bazaar.client.base_url), people)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Run in a separate thread, so that it continues while the test waits for a server.

        At the end of the block, started requests are finished.
        """
        with ThreadPoolExecutor(1) as thread:
            self._flow = thread.submit(asyncio.run, self._sell_all())
            try:
                yield
            finally:
                self._over.set()
            self._flow.result()

    def assert_flowing(self) -> None:
        """Raise what ended the traffic, if anything did."""
        if self._flow.done():
            self._flow.result()

    def wait_for_sales(self, more: int) -> None:
        """Wait until there are this many more purchases than now."""
        enough = len(self.sales) + more
        self._wait_until(lambda: len(self.sales) >= enough)

    def wait_for_refusals(self, more: int) -> None:
        """Wait until there are this many more responses 503 than now."""
        enough = self.met["503"] + more
        self._wait_until(lambda: self.met["503"] >= enough)

    def _wait_until(self, enough: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE
        while not enough():
            self.assert_flowing()
            assert time.monotonic() < deadline, self.met
            time.sleep(0.02)

    async def _sell_all(self) -> None:
        async with (
            httpx2.AsyncClient(base_url=self.url, timeout=20) as client,
            asyncio.TaskGroup() as pairs,
        ):
            for pair in self.pairs:
                pairs.create_task(self._sell_to_and_fro(client, pair))

    async def _sell_to_and_fro(self, client: httpx2.AsyncClient, pair: Pair) -> None:
        while not self._over.is_set():
            turn = next(self._turns)
            offer = {"card_id": str(pair.card), "price": {"amount": PRICE, "asset": str(USD)}}
            listing = await self._insist(client, pair.owner, "/v1/listings", offer, f"list-{turn}")
            self.listings.append(UUID(listing["id"]))
            path = f"/v1/listings/{listing['id']}/purchases"
            sale = await self._insist(client, pair.buyer, path, {}, f"buy-{turn}")
            self.sales.append(Sale.told(sale))
            pair.owner, pair.buyer = pair.buyer, pair.owner

    async def _insist(
        self, client: httpx2.AsyncClient, trader: Trader, path: str, body: object, key: str
    ) -> dict[str, Any]:
        """Repeat until there is a response; :raises TimeoutError: if there is none for long."""
        async with asyncio.timeout(PATIENCE):
            while True:
                headers = {**trader.headers, "Idempotency-Key": key}
                try:
                    response = await client.post(path, json=body, headers=headers)
                except httpx2.TransportError as error:
                    self.met[type(error).__name__] += 1
                else:
                    if self._is_answer(response):
                        return dict(response.json())
                await asyncio.sleep(self._chance.uniform(0, 0.1))

    def _is_answer(self, response: httpx2.Response) -> bool:
        self.met[str(response.status_code)] += 1
        if response.status_code == 201:
            self.met["replayed"] += "Idempotent-Replayed" in response.headers
            return True
        problem = response.json()
        assert problem["code"] in _TO_BE_ASKED_AGAIN.get(response.status_code, ()), problem
        assert "Retry-After" in response.headers, problem
        return False


_TRANSFERS = "SELECT card_id, to_owner_id FROM ledger_card_transfer ORDER BY card_id, nth"


async def assert_done_once(exchange: Exchange, traffic: Traffic) -> None:
    """The acknowledged purchases are exactly the stored ones, and the audit finds no violation."""
    database = exchange.database()
    assert isinstance(database, PostgresDatabase)
    async with database.begin() as transaction:
        fetch = transaction.unit.fetch
        sales = {row["id"] for row in await fetch("SELECT id FROM sales_sale")}
        listings = {row["id"] for row in await fetch("SELECT id FROM market_listing")}
        purposes = "SELECT purpose, count(*) FROM ledger_settlement GROUP BY purpose"
        settled = {row["purpose"]: row["count"] for row in await fetch(purposes)}
        transfers = await fetch(_TRANSFERS)
        found = [await transaction.sales.get(SaleId(sale.id)) for sale in traffic.sales]
    proceeds = Counter[UUID]()
    for sale in found:
        proceeds[sale.seller_id] += sale.receipt.proceeds.amount
    assert sales == {sale.id for sale in traffic.sales}
    assert listings == set(traffic.listings)
    assert settled["market.listing"] == len(listings)
    assert settled["market.purchase"] == len(sales)
    for pair in traffic.pairs:
        told = [sale.buyer_id for sale in traffic.sales if sale.card_id == pair.card]
        assert [row["to_owner_id"] for row in transfers if row["card_id"] == pair.card] == told
        for trader in (pair.owner, pair.buyer):
            assert await _balance(database, trader.id) == (
                PURSE - _paid(traffic, trader.id) + proceeds[trader.id]
            )
    await assert_sound(database)


async def _balance(database: PostgresDatabase, owner: UserId) -> int:
    async with database.begin() as transaction:
        return await transaction.books.balance_of(Account.of_user(owner, USD))


def _paid(traffic: Traffic, trader: UserId) -> int:
    return sum(sale.price for sale in traffic.sales if sale.buyer_id == trader)
