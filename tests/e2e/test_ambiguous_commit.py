"""Connections are lost around commits, again and again, and still all is done exactly once.

``ECE_PROOF_SCALE=50`` runs fifty times as many operations as every change is tried with.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from attrs import define, field

from ece_adapters.postgres import PostgresDatabase
from ece_domain.cards import Card, CardId
from ece_domain.identity import UserId
from ece_domain.kernel import (
    Answer,
    ConcurrentChange,
    RequestInFlight,
    Unavailable,
)
from ece_domain.market import Sale
from tests.clock import SettableClock
from tests.commit_proxy import Chance, CommitProxy, Fault
from tests.contract.ledger.stores import assert_sound
from tests.contract.market.stall import Stall
from tests.teller import Teller

SCALE = int(os.environ.get("ECE_PROOF_SCALE", "1"))
CARDS = 500 * SCALE
TRANSFERS = 1_000 * SCALE
WORKERS = 12
PEOPLE = 20
SHARES = {Fault.BEFORE: 0.03, Fault.AFTER: 0.07, Fault.AT_ONCE: 0.04}

Work = Callable[[str], Awaitable[Answer[Any]]]


@define
class Tally:
    """Does keyed work until it is answered, and counts what happened on the way."""

    answers: dict[str, Any] = field(factory=dict)
    replays: int = 0
    refusals: Counter[str] = field(factory=Counter)

    async def insist(self, key: str, work: Work) -> Any:
        while True:
            try:
                answer = await work(key)
            except (Unavailable, RequestInFlight, ConcurrentChange) as refusal:
                self.refusals[refusal.code] += 1
            else:
                assert key not in self.answers
                self.answers[key] = answer.value
                self.replays += answer.replayed
                return answer.value


@pytest.fixture
async def direct(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(postgres_url)
    await database.open()
    yield database
    await database.close()


async def minted(stall: Stall, seller: UserId) -> list[CardId]:
    printing = await stall.printing(await stall.card_set())
    cards = [
        Card(
            id=CardId(stall.new_id()),
            printing=printing.id,
            serial=serial,
            owner=seller,
            minted_to=seller,
            minted_at=stall.clock(),
            assessment=None,
        )
        for serial in range(1, CARDS + 1)
    ]
    async with stall.database.begin() as transaction:
        await transaction.cards.add(cards)
    return [card.id for card in cards]


async def all_of(pieces: list[Callable[[], Awaitable[None]]]) -> None:
    """Some workers share the pieces of work."""
    waiting = iter(pieces)

    async def work() -> None:
        for piece in waiting:
            await piece()

    async with asyncio.TaskGroup() as workers:
        for _ in range(WORKERS):
            workers.create_task(work())


async def test_everything_is_done_once_however_often_the_connection_is_lost(
    postgres_url: str, direct: PostgresDatabase, clock: SettableClock
):
    teller = Teller(direct, clock)
    people = [await teller.someone(100_000_000) for _ in range(PEOPLE)]
    seller = await teller.someone()
    cards = await minted(Stall(direct, clock), seller)
    tally = Tally()
    chance = Chance(SHARES, seed=20)

    async with CommitProxy.in_front_of(postgres_url, chance) as proxy:
        cut_off = PostgresDatabase(proxy.url(postgres_url), connections=WORKERS)
        await cut_off.open()
        stall, lossy_teller = Stall(cut_off, clock), Teller(cut_off, clock)

        def trade(card: CardId, buyer: UserId) -> Callable[[], Awaitable[None]]:
            async def run() -> None:
                listing = await tally.insist(
                    f"list-{card}",
                    lambda key: stall.answer_list(card, seller, key=key),
                )
                await tally.insist(f"buy-{card}", lambda key: stall.buy(listing, buyer, key=key))

            return run

        def transfer(number: int) -> Callable[[], Awaitable[None]]:
            giver, taker = people[number % PEOPLE], people[(number + 1) % PEOPLE]

            async def run() -> None:
                await tally.insist(
                    f"transfer-{number}",
                    lambda key: lossy_teller.transfer(giver, taker, 1 + number, key=key),
                )

            return run

        pieces = [trade(card, people[at % PEOPLE]) for at, card in enumerate(cards)]
        pieces += [transfer(number) for number in range(TRANSFERS)]
        await all_of(pieces)
        await cut_off.close()

    print(f"faults {dict(proxy.counted)}, replays {tally.replays}, refusals {tally.refusals}")  # noqa: T201
    operations = 2 * CARDS + TRANSFERS
    assert len(tally.answers) == operations
    assert proxy.faults >= operations // 10
    assert min(proxy.counted[fault] for fault in SHARES) >= operations // 50
    assert tally.replays >= operations // 20
    assert await sales(direct) == {
        answer.id for answer in tally.answers.values() if isinstance(answer, Sale)
    }
    assert await effects(direct) == {
        "market.listing": CARDS,
        "market.purchase": CARDS,
        "ledger.transfer": TRANSFERS,
        "ledger.deposit": PEOPLE,
    }
    await assert_sound(direct)


async def effects(database: PostgresDatabase) -> Counter[str]:
    """How many settlements there are, by their purpose."""
    async with database.begin() as transaction:
        rows = await transaction.unit.fetch(
            "SELECT purpose, count(*) FROM ledger_settlement GROUP BY purpose"
        )
    return Counter(dict(rows))


async def sales(database: PostgresDatabase) -> set[UUID]:
    async with database.begin() as transaction:
        rows = await transaction.unit.fetch("SELECT id FROM market_sale")
    return {row["id"] for row in rows}
