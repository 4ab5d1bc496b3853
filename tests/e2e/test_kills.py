"""PostgreSQL and the API are killed in turn, while collectors buy; nothing acknowledged is lost.

``ECE_PROOF_SCALE=20`` kills each a hundred times.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from attrs import define, field, frozen

from ece_domain.market import ListingId

from .bazaar import Bazaar, Trader
from .exchange_process import DEADLINE, ExchangeProcess, within

SCALE = int(os.environ.get("ECE_PROOF_SCALE", "1"))
ROUNDS = 5 * SCALE
WORKERS = 8
LISTINGS = 300
PRICE = 1_000


@frozen
class Purchase:
    """What a buyer was told."""

    buyer: Trader
    sale: Any


@define
class Shoppers:
    """Buy one listing after the other, each until they are told that it is theirs.

    Whatever goes wrong, they ask again under the same key: a refused connection, one that breaks
    in the middle, and 503. Anything else that is not a success has no business here.
    """

    bazaar: Bazaar
    listings: asyncio.Queue[ListingId]
    acknowledged: dict[ListingId, Purchase] = field(factory=dict)
    met: Counter[str] = field(factory=Counter)
    surprises: list[str] = field(factory=list)

    async def shop(self, buyer: Trader) -> None:
        while True:
            listing = await self.listings.get()
            sale = await self._insist(listing, buyer)
            self.acknowledged[listing] = Purchase(buyer, sale)
            self.listings.task_done()

    async def _insist(self, listing: ListingId, buyer: Trader) -> Any:
        pause = random.Random(str(listing))
        while True:
            try:
                response = await self.bazaar.buy(listing, buyer, f"buy-{listing}")
            except httpx2.TransportError as error:
                self.met[type(error).__name__] += 1
            else:
                self.met[str(response.status_code)] += 1
                if response.status_code == 201:
                    self.met["replayed"] += "Idempotency-Replayed" in response.headers
                    return response.json()
                if response.status_code not in {409, 503}:
                    self.surprises.append(response.text)
            await asyncio.sleep(pause.uniform(0, 0.1))

    @asynccontextmanager
    async def shopping(self, buyers: list[Trader]) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self.shop(buyer)) for buyer in buyers]
        try:
            yield
            await asyncio.wait_for(self.listings.join(), DEADLINE)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_no_acknowledged_purchase_is_lost_or_doubled_by_kills(
    running: ExchangeProcess, client: httpx2.AsyncClient, bazaar: Bazaar
):
    seller = await bazaar.trader()
    buyers = [await bazaar.trader(10 * LISTINGS * ROUNDS * PRICE) for _ in range(WORKERS)]
    shoppers = Shoppers(bazaar, asyncio.Queue())
    chance = random.Random(9)

    async with shoppers.shopping(buyers):
        for number in range(2 * ROUNDS):
            for listing in await bazaar.listings(seller, LISTINGS // 5, PRICE):
                shoppers.listings.put_nowait(listing)
            await asyncio.sleep(chance.uniform(0.02, 0.15))
            if number % 2:
                running.kill_api()
                running.start_api()
            else:
                running.postgres.kill()
                running.postgres.start()
            assert await within(DEADLINE, client, "/health/ready", 200), running.log()

    print(f"bought {len(shoppers.acknowledged)}, met {dict(shoppers.met)}")  # noqa: T201
    assert shoppers.surprises == [], running.log()
    assert len(shoppers.acknowledged) == 2 * ROUNDS * (LISTINGS // 5)
    assert shoppers.met.total() > shoppers.met["201"] + 2 * ROUNDS
    assert await kept(bazaar) == {
        (str(listing), purchase.sale["id"], purchase.buyer.id)
        for listing, purchase in shoppers.acknowledged.items()
    }
    await assert_paid(bazaar, shoppers)
    await bazaar.assert_sound()


async def kept(bazaar: Bazaar) -> set[tuple[str, str, object]]:
    """Each listing that was sold, by which sale, and who owns its card now."""
    async with bazaar.exchange.database().begin() as transaction:
        rows = await transaction.unit.fetch(
            "SELECT sale.listing_id, sale.id, card.owner_id"
            " FROM market_sale AS sale JOIN cards_card AS card ON card.id = sale.card_id"
        )
    return {(str(row["listing_id"]), str(row["id"]), row["owner_id"]) for row in rows}


async def assert_paid(bazaar: Bazaar, shoppers: Shoppers) -> None:
    """Each buyer paid what they bought, once."""
    bought = Counter(purchase.buyer.id for purchase in shoppers.acknowledged.values())
    for buyer, count in bought.items():
        account = await bazaar.teller.account(buyer)
        assert account.balance.amount == 10 * LISTINGS * ROUNDS * PRICE - count * PRICE
