"""Many at once on PostgreSQL: exactly one wins, nothing is lost, and nobody waits in a circle."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable

import pytest

from ece_adapters.postgres import PostgresDatabase
from ece_domain.cards import CardId
from ece_domain.kernel import ConcurrentChange, DomainError
from ece_domain.ledger import (
    CaptureHold,
    HeldCard,
    HeldMoney,
    Hold,
    HoldId,
    HoldPurpose,
    MoveCard,
    MoveMoney,
    PlaceHold,
    ReleaseHold,
)
from tests.contract.conftest import postgres_database
from tests.strategies.ledger import NOON

from .stores import a_user, an_id, assert_sound, check, deposit, dollars, mint, settle, usd

RACERS = 64
SELLER = a_user("seller")


@pytest.fixture
async def postgres(postgres_server) -> AsyncIterator[PostgresDatabase]:
    async with postgres_database(postgres_server) as database:
        yield database
        await assert_sound(database)


async def outcomes(attempts: Iterable[Awaitable[object]]) -> Counter[str]:
    """How often each refusal, and each success, came about."""

    async def outcome(attempt: Awaitable[object]) -> str:
        try:
            await attempt
        except DomainError as refusal:
            return refusal.code
        return "settled"

    return Counter(await asyncio.gather(*map(outcome, attempts)))


async def test_s01_of_many_who_take_a_card_at_once_exactly_one_gets_it(postgres):
    card = CardId(an_id("card"))
    await mint(postgres, SELLER, card)
    listing = Hold(id=HoldId(card), purpose=HoldPurpose.LISTING, subject=HeldCard(card, SELLER))
    await settle(postgres, "list", PlaceHold(listing))
    for racer in range(RACERS):
        await settle(postgres, ("deposit", racer), deposit(dollars(racer), 100))

    counted = await outcomes(
        settle(
            postgres,
            ("buy", racer),
            CaptureHold(listing, MoveCard(card, SELLER, a_user(racer))),
            MoveMoney(dollars(racer), dollars("seller"), usd(100)),
        )
        for racer in range(RACERS)
    )

    assert counted == {"settled": 1, "ledger.hold-not-open": RACERS - 1}
    async with postgres.begin() as transaction:
        assert await transaction.books.balance_of(dollars("seller")) == 100


async def test_s11_captures_at_once_never_take_more_than_the_hold(postgres):
    hold = Hold(
        id=HoldId(an_id("bid")),
        purpose=HoldPurpose.BID,
        subject=HeldMoney(dollars("bidder"), 100),
    )
    await settle(postgres, "deposit", deposit(dollars("bidder"), 1000), PlaceHold(hold))

    counted = await outcomes(
        settle(
            postgres,
            ("capture", racer),
            CaptureHold(hold, MoveMoney(dollars("bidder"), dollars(racer), usd(9))),
        )
        for racer in range(RACERS)
    )

    assert counted == {"settled": 11, "ledger.hold-exceeded": RACERS - 11}


async def test_s12_what_was_captured_is_never_given_back_and_the_rest_once(postgres):
    hold = Hold(
        id=HoldId(an_id("bid")),
        purpose=HoldPurpose.BID,
        subject=HeldMoney(dollars("bidder"), 100),
    )
    await settle(postgres, "deposit", deposit(dollars("bidder"), 1000), PlaceHold(hold))
    capture = CaptureHold(hold, MoveMoney(dollars("bidder"), dollars("seller"), usd(60)))

    captures, releases = await asyncio.gather(
        outcomes(settle(postgres, ("capture", racer), capture) for racer in range(RACERS)),
        outcomes(
            settle(postgres, ("release", racer), ReleaseHold(hold)) for racer in range(RACERS)
        ),
    )

    assert releases == {"settled": 1, "ledger.hold-not-open": RACERS - 1}
    assert captures["settled"] <= 1
    async with postgres.begin() as transaction:
        left = await transaction.books.balance_of(dollars("bidder"))
        assert left == 1000 - 60 * captures["settled"]
        # Spending all that is left shows that nothing is held any more.
    await settle(postgres, "spend", MoveMoney(dollars("bidder"), dollars("shop"), usd(left)))


async def test_s15_no_balance_falls_below_zero_however_many_spend_it(postgres):
    await settle(postgres, "deposit", deposit(dollars("spender"), 100))

    counted = await outcomes(
        settle(postgres, racer, MoveMoney(dollars("spender"), dollars("shop"), usd(9)))
        for racer in range(RACERS)
    )

    assert counted == {"settled": 11, "ledger.insufficient-funds": RACERS - 11}


async def test_of_many_who_send_the_same_settlement_all_see_it_settled_once(postgres):
    await settle(postgres, "deposit", deposit(dollars("payer"), 100))

    counted = await outcomes(
        settle(postgres, "once", MoveMoney(dollars("payer"), dollars("shop"), usd(60)))
        for _ in range(RACERS)
    )

    assert counted == {"settled": RACERS}
    async with postgres.begin() as transaction:
        assert await transaction.books.balance_of(dollars("shop")) == 60


async def test_s16_a_lost_race_for_a_lock_is_no_lack_of_money(postgres):
    await settle(postgres, "deposit", deposit(dollars("payer"), 100))
    connection = await postgres._pool.acquire()
    async with connection.transaction():
        await connection.execute("SELECT FROM ledger_account FOR UPDATE")
        with pytest.raises(ConcurrentChange):
            await settle(postgres, "blocked", MoveMoney(dollars("payer"), dollars("shop"), usd(1)))
    await postgres._pool.release(connection)

    await settle(postgres, "blocked", MoveMoney(dollars("payer"), dollars("shop"), usd(1)))


async def test_s17_crossing_transfers_never_wait_for_each_other_in_a_circle(postgres):
    names = [f"crosser {number}" for number in range(4)]
    for name in names:
        await settle(postgres, name, deposit(dollars(name), 10_000))
    chance = random.Random(17)

    def crossing(number: int) -> Awaitable[object]:
        giver, taker, third = chance.sample(names, 3)
        return settle(
            postgres,
            ("cross", number),
            MoveMoney(dollars(giver), dollars(taker), usd(2)),
            MoveMoney(dollars(third), dollars(taker), usd(1)),
        )

    assert await outcomes(crossing(number) for number in range(400)) == {"settled": 400}


async def test_a_bank_of_workers_loses_no_money(postgres):
    names = list(range(10))
    for name in names:
        await settle(postgres, ("deposit", name), deposit(dollars(name), 100))
    ends = time.monotonic() + 3
    counted: Counter[str] = Counter()

    async def work(worker: int) -> None:
        chance = random.Random(worker)
        while time.monotonic() < ends:
            giver, taker = chance.sample(names, 2)
            move = MoveMoney(dollars(giver), dollars(taker), usd(chance.randint(1, 60)))
            counted.update(await outcomes([settle(postgres, (worker, counted.total()), move)]))

    await asyncio.gather(*(work(worker) for worker in range(16)))

    assert set(counted) == {"settled", "ledger.insufficient-funds"}
    assert counted["settled"] > 200
    async with postgres.begin() as transaction:
        totals = [record.balance.total async for record in transaction.books.accounts()]
    assert sum(totals) == 100 * len(names)


async def test_the_books_can_be_closed_while_money_moves(postgres):
    await settle(postgres, "deposit", deposit(dollars("payer"), 10_000))
    closed = []

    async def close() -> None:
        for _ in range(20):
            async with postgres.begin() as transaction:
                closing = await transaction.books.close(NOON)
            closed.append(closing.entries if closing else 0)

    await asyncio.gather(
        close(),
        *(
            settle(postgres, number, MoveMoney(dollars("payer"), dollars("shop"), usd(1)))
            for number in range(400)
        ),
    )
    async with postgres.begin() as transaction:
        last = await transaction.books.close(NOON)

    entries = (await check(postgres)).entries
    assert sum(closed) + (last.entries if last else 0) == entries == 802
    assert sum(1 for count in closed if count) >= 2
