"""Connections are lost around commits, and still every operation has exactly one effect."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from attrs import define, field

from ece_adapters.postgres import PostgresDatabase
from ece_domain.cards import Card, CardId
from ece_domain.identity import UserId
from tests.clock import SettableClock
from tests.commit_proxy import Chance, CommitProxy, Fault
from tests.contract.ledger.stores import assert_sound
from tests.contract.market.stall import Stall
from tests.tally import SCALE, Tally
from tests.teller import Teller

from .errands import OPERATIONS, SETTLED_BY_ONE_OF_EACH, Errands

ROUNDS = SCALE
ERRANDS = 200
"""The number of operations of each kind per round."""
WORKERS = 12
PEOPLE = 20
SHARES = {Fault.BEFORE: 0.03, Fault.AFTER: 0.07, Fault.AT_ONCE: 0.04, Fault.SILENCE: 0.01}
FAULTS = {
    "connections cut before the commit": Fault.BEFORE,
    "connections cut after the commit": Fault.AFTER,
    "connections cut during the commit": Fault.AT_ONCE,
    "connections that fell silent at the commit": Fault.SILENCE,
}


@define
class Fair:
    """One exchange with two stores: a reliable one, and one behind the fault-injecting proxy."""

    direct: PostgresDatabase
    cut_off: PostgresDatabase
    clock: SettableClock
    people: list[UserId] = field(factory=list)
    met: Counter[str] = field(factory=Counter)

    async def open(self) -> None:
        teller = Teller(self.direct, self.clock)
        self.people = [await teller.someone(100_000_000) for _ in range(PEOPLE)]

    async def run_errands(self, name: str) -> None:
        """One round of all operations, which returns only counters to save memory."""
        seller = await Stall(self.direct, self.clock).someone()
        cards = await self._mint(name, seller)
        stall, teller = Stall(self.cut_off, self.clock), Teller(self.cut_off, self.clock)
        errands = Errands(name, stall, teller, seller, self.people)
        await errands.run_all(list(zip(cards[::2], cards[1::2], strict=True)), workers=WORKERS)
        assert len(errands.answered) == ERRANDS * OPERATIONS
        assert await self._sales_of(seller) == {sale.id for sale in errands.sales}
        self.met["operations"] += len(errands.answered)
        self.met["replays"] += errands.replays
        self.met.update(errands.refusals)

    async def _mint(self, name: str, seller: UserId) -> list[CardId]:
        stall = Stall(self.direct, self.clock)
        printing = await stall.printing(await stall.card_set(name))
        cards = [
            Card(
                id=CardId(uuid4()),
                printing_id=printing.id,
                serial=serial,
                owner_id=seller,
                minted_to_id=seller,
                minted_at=self.clock(),
                updated_at=self.clock(),
                assessment=None,
            )
            for serial in range(1, 2 * ERRANDS + 1)
        ]
        async with self.direct.begin() as transaction:
            await transaction.cards.add(cards)
        return [card.id for card in cards]

    async def _sales_of(self, seller: UserId) -> set[UUID]:
        rows = await self._fetch("SELECT id FROM sales_sale WHERE seller_id = $1", seller)
        return {row["id"] for row in rows}

    async def settled(self) -> Counter[str]:
        """How many settlements there are, by their purpose."""
        sql = "SELECT purpose, count(*) FROM ledger_settlement GROUP BY purpose"
        return Counter({row["purpose"]: row["count"] for row in await self._fetch(sql)})

    async def _fetch(self, sql: str, *arguments: object) -> list[Any]:
        async with self.direct.begin() as transaction:
            return await transaction.unit.fetch(sql, *arguments)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(url, connections=WORKERS)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@pytest.mark.timeout(300 + 60 * SCALE)
async def test_everything_is_done_once_however_often_the_connection_is_lost(
    postgres_url: str, clock: SettableClock, tally: Tally, monkeypatch: pytest.MonkeyPatch
):
    async with (
        opened(postgres_url) as direct,
        CommitProxy.in_front_of(postgres_url, Chance(SHARES, seed=20)) as proxy,
    ):
        monkeypatch.setattr("ece_adapters.postgres.engine.database._PATIENCE", 0.5)
        async with opened(proxy.url(postgres_url)) as cut_off:
            fair = Fair(direct, cut_off, clock)
            await fair.open()
            expected = await fair.settled()
            for number in range(1, ROUNDS + 1):
                await fair.run_errands(f"round-{number}")
                for purpose, count in SETTLED_BY_ONE_OF_EACH.items():
                    expected[purpose] += ERRANDS * count
                assert await fair.settled() == expected
                await assert_sound(direct)

    operations = ROUNDS * ERRANDS * OPERATIONS
    tally.count("operations", fair.met["operations"], at_least=operations)
    tally.count("faults fired", proxy.faults, at_least=operations // 10)
    for what, fault in FAULTS.items():
        floor = round(operations * SHARES[fault] / 2)
        tally.count(what, proxy.counted[fault], at_least=floor)
    tally.count("replays seen", fair.met["replays"], at_least=operations // 20)
    tally.count("answers that stayed away", fair.met["kernel.unavailable"])
