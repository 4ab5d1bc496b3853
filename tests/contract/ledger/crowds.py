"""Race scenarios of the ledger: concurrent calls and their expected outcome."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta

from ece_adapters.postgres import PostgresDatabase
from ece_domain.cards import CardId
from ece_domain.kernel import Asset, Money
from ece_domain.ledger import (
    Account,
    CaptureHold,
    CloseBooks,
    ExpireHold,
    HeldCard,
    HeldMoney,
    Hold,
    HoldId,
    HoldPurpose,
    MoveCard,
    MoveMoney,
    PlaceHold,
    PlatformRole,
    ReleaseHold,
)
from ece_domain.ledger.storage import Closing
from tests.strategies.ledger import DEAL, NOON

from .racing import RACERS, WON, Race, outcomes, outcomes_in_turn
from .stores import a_user, an_id, assert_sound, check, deposit, dollars, mint, settle, usd

NO_FUNDS = "ledger.insufficient-funds"
NOT_OPEN = "ledger.hold-not-open"
TICK = timedelta(microseconds=1)


async def s1_one_takes_a_listed_card(postgres: PostgresDatabase, run: int) -> Counter[str]:
    seller, card = a_user(("seller", run)), CardId(an_id("card", run))
    buyers = [("buyer", run, racer) for racer in range(RACERS)]
    await mint(postgres, seller, card)
    listing = Hold(
        id=HoldId(card), deal=DEAL, purpose=HoldPurpose.LISTING, subject=HeldCard(card, seller)
    )
    await settle(postgres, ("list", run), PlaceHold(listing))
    await settle(postgres, ("fund", run), *(deposit(dollars(buyer), 100) for buyer in buyers))

    counted = await outcomes(
        settle(
            postgres,
            buyer,
            CaptureHold(listing, MoveCard(card, seller, a_user(buyer))),
            MoveMoney(dollars(buyer), dollars(("seller", run)), usd(100)),
        )
        for buyer in buyers
    )

    assert counted == {WON: 1, NOT_OPEN: RACERS - 1}, counted
    assert await balance(postgres, dollars(("seller", run))) == 100
    return counted


async def one_is_given_a_card(postgres: PostgresDatabase, run: int) -> Counter[str]:
    owner, card = a_user(("owner", run)), CardId(an_id("card", run))
    await mint(postgres, owner, card)

    counted = await outcomes(
        settle(postgres, ("give", run, racer), MoveCard(card, owner, a_user(racer)))
        for racer in range(RACERS)
    )

    assert counted == {WON: 1, "ledger.card-not-owned": RACERS - 1}, counted
    return counted


async def a_card_is_set_aside_once(postgres: PostgresDatabase, run: int) -> Counter[str]:
    owner, card = a_user(("owner", run)), CardId(an_id("card", run))
    await mint(postgres, owner, card)

    counted = await outcomes(
        settle(
            postgres,
            ("hold", run, racer),
            PlaceHold(
                Hold(
                    id=HoldId(an_id("hold", run, racer)),
                    deal=DEAL,
                    purpose=HoldPurpose.LISTING,
                    subject=HeldCard(card, owner),
                )
            ),
        )
        for racer in range(RACERS)
    )

    assert counted == {WON: 1, "ledger.card-already-held": RACERS - 1}, counted
    return counted


async def s11_captures_take_no_more_than_is_held(
    postgres: PostgresDatabase, run: int
) -> Counter[str]:
    hold = await a_bid(postgres, run)

    counted = await outcomes(
        settle(
            postgres,
            ("capture", run, racer),
            CaptureHold(hold, MoveMoney(bidder(run), dollars((run, racer)), usd(9))),
        )
        for racer in range(RACERS)
    )

    assert counted == {WON: 11, "ledger.hold-exceeded": RACERS - 11}, counted
    return counted


async def s12_what_is_captured_is_not_given_back(
    postgres: PostgresDatabase, run: int
) -> Counter[str]:
    hold = await a_bid(postgres, run)
    capture = CaptureHold(hold, MoveMoney(bidder(run), dollars(("seller", run)), usd(60)))

    captures, releases = await asyncio.gather(
        outcomes(settle(postgres, ("capture", run, racer), capture) for racer in range(RACERS)),
        outcomes(
            settle(postgres, ("release", run, racer), ReleaseHold(hold)) for racer in range(RACERS)
        ),
    )

    assert releases == {WON: 1, NOT_OPEN: RACERS - 1}, releases
    assert captures[WON] <= 1
    assert set(captures) <= {WON, NOT_OPEN, "ledger.hold-exceeded"}, captures
    await all_can_be_spent(postgres, run, left=1000 - 60 * captures[WON])
    return captures + releases


async def the_sweep_and_a_capture_at_the_expiry(
    postgres: PostgresDatabase, run: int
) -> Counter[str]:
    """One in four is past the expiry, and is refused even before the expiry job has run."""
    hold = await a_bid(postgres, run, expires=True)
    capture = CaptureHold(hold, MoveMoney(bidder(run), dollars(("seller", run)), usd(100)))

    def attempt(racer: int) -> Awaitable[object]:
        name = ("attempt", run, racer)
        if racer % 4 == run % 2:  # who comes first takes turns
            return settle(postgres, name, ExpireHold(hold), now=NOON)
        in_time = racer % 4 != 3
        return settle(postgres, name, capture, now=NOON - TICK if in_time else NOON)

    late, counted = await asyncio.gather(
        outcomes(attempt(racer) for racer in range(3, RACERS, 4)),
        outcomes(attempt(racer) for racer in range(RACERS) if racer % 4 != 3),
    )

    assert set(late) <= {NOT_OPEN, "ledger.hold-past-expiry"}, late
    assert counted == {WON: 1, NOT_OPEN: RACERS * 3 // 4 - 1}, counted
    left = await balance(postgres, bidder(run))
    assert left in {900, 1000}
    await all_can_be_spent(postgres, run, left=left)
    return late + counted


async def s15_nobody_spends_more_than_there_is(
    postgres: PostgresDatabase, run: int
) -> Counter[str]:
    """Half of the calls pay, half place holds."""
    await settle(postgres, ("fund", run), deposit(bidder(run), 100))

    def attempt(racer: int) -> Awaitable[object]:
        name = ("spend", run, racer)
        if racer % 2:
            return settle(postgres, name, MoveMoney(bidder(run), dollars("shop"), usd(9)))
        return settle(postgres, name, PlaceHold(a_hold(run, 9, name)))

    counted = await outcomes(map(attempt, range(RACERS)))

    assert counted == {WON: 11, NO_FUNDS: RACERS - 11}, counted
    return counted


async def a_platform_account_pays_what_it_has(postgres: PostgresDatabase, run: int) -> Counter[str]:
    """With concurrent closings, so that a part of the balance is rolled up."""
    gem = Asset(f"GEM{run:05}", 0)
    house, shop = Account.of_platform(PlatformRole.COMMISSION, gem), Account.external(gem)
    await settle(postgres, ("fee", run), deposit(house, 50))
    await CloseBooks(postgres.begin, lambda: NOON)()
    await settle(postgres, ("late fee", run), deposit(house, 50))

    def attempt(racer: int) -> Awaitable[object]:
        if racer % 16 == 8:
            return CloseBooks(postgres.begin, lambda: NOON)()
        return settle(postgres, ("pay", run, racer), MoveMoney(house, shop, Money(9, gem)))

    counted = await outcomes(map(attempt, range(RACERS)))

    assert counted == {WON: 11 + RACERS // 16, NO_FUNDS: RACERS * 15 // 16 - 11}, counted
    assert await balance(postgres, house) == 1
    return counted


async def one_settlement_sent_by_many_is_settled_once(
    postgres: PostgresDatabase, run: int
) -> Counter[str]:
    await settle(postgres, ("fund", run), deposit(bidder(run), 100))
    move = MoveMoney(bidder(run), dollars(("seller", run)), usd(60))

    counted = await outcomes(settle(postgres, ("once", run), move) for _ in range(RACERS))

    assert counted == {WON: RACERS}, counted
    assert await balance(postgres, dollars(("seller", run))) == 60
    return counted


async def s17_crossing_transfers_wait_in_no_circle(
    postgres: PostgresDatabase, run: int
) -> Counter[str]:
    names = [("crosser", run, number) for number in range(4)]
    await settle(postgres, ("fund", run), *(deposit(dollars(name), 10_000) for name in names))
    chance = random.Random(run)

    def crossing(number: int) -> Awaitable[object]:
        giver, taker, third = map(dollars, chance.sample(names, 3))
        moves = [MoveMoney(giver, taker, usd(2)), MoveMoney(third, taker, usd(1))]
        return settle(postgres, ("cross", run, number), *moves)

    counted = await outcomes(crossing(number) for number in range(200))

    assert counted == {WON: 200}, counted
    return counted


async def a_bank_of_workers_loses_no_money(postgres: PostgresDatabase, run: int) -> Counter[str]:
    """Sixteen callers move money; every concurrent reader sees the same total."""
    accounts = [dollars(("customer", run, number)) for number in range(10)]
    await settle(postgres, ("fund", run), *(deposit(account, 100) for account in accounts))

    async def work(worker: int) -> Counter[str]:
        chance = random.Random(f"{run} {worker}")

        def move(number: int) -> Awaitable[object]:
            giver, taker = chance.sample(accounts, 2)
            money = usd(chance.randint(1, 60))
            return settle(postgres, ("move", run, worker, number), MoveMoney(giver, taker, money))

        return await outcomes_in_turn(map(move, range(20)))

    workers = asyncio.gather(*(work(worker) for worker in range(16)))
    looks = 0
    while not workers.done():
        assert await total_of(postgres, accounts) == 100 * len(accounts)
        looks += 1
    counted = sum(await workers, Counter[str]())

    assert set(counted) == {WON, NO_FUNDS}, counted
    assert looks >= 10
    return counted


async def the_books_are_closed_while_money_moves(
    postgres: PostgresDatabase, run: int
) -> Counter[str]:
    await settle(postgres, ("fund", run), deposit(bidder(run), 10_000))
    before = sum(closing.settlement_count for closing in await closings(postgres))

    async def close() -> int:
        async with postgres.begin() as transaction:
            closing = await transaction.books.close(NOON, limit=30)
        return closing.settlement_count if closing else 0

    async def pay(worker: int) -> Counter[str]:
        payment = MoveMoney(bidder(run), dollars("shop"), usd(1))
        return await outcomes_in_turn(
            settle(postgres, ("pay", run, worker, number), payment) for number in range(20)
        )

    workers = asyncio.gather(*map(pay, range(10)))
    closed = []
    while not workers.done():
        closed.append(await close())
    counted = sum(await workers, Counter[str]())
    while count := await close():
        closed.append(count)

    assert counted == {WON: 200}, counted
    assert before + sum(closed) == (await check(postgres)).settlements
    assert sum(1 for count in closed if count) >= 2
    await assert_sound(postgres)
    return counted


RACES = {
    race.run.__name__: race
    for race in (
        Race(s1_one_takes_a_listed_card, rounds=2, attempts=RACERS),
        Race(one_is_given_a_card, rounds=1, attempts=RACERS),
        Race(a_card_is_set_aside_once, rounds=1, attempts=RACERS),
        Race(s11_captures_take_no_more_than_is_held, rounds=1, attempts=RACERS),
        Race(s12_what_is_captured_is_not_given_back, rounds=2, attempts=2 * RACERS),
        Race(the_sweep_and_a_capture_at_the_expiry, rounds=4, attempts=RACERS),
        Race(s15_nobody_spends_more_than_there_is, rounds=1, attempts=RACERS),
        Race(a_platform_account_pays_what_it_has, rounds=2, attempts=RACERS),
        Race(one_settlement_sent_by_many_is_settled_once, rounds=1, attempts=RACERS),
        Race(s17_crossing_transfers_wait_in_no_circle, rounds=2, attempts=200),
        Race(a_bank_of_workers_loses_no_money, rounds=2, attempts=320),
        Race(the_books_are_closed_while_money_moves, rounds=1, attempts=200),
    )
}


def bidder(run: int) -> Account:
    return dollars(("bidder", run))


def a_hold(run: int, amount: int, name: object, *, expires: bool = False) -> Hold:
    return Hold(
        id=HoldId(an_id("hold", name)),
        deal=DEAL,
        purpose=HoldPurpose.BID,
        subject=HeldMoney(bidder(run), amount),
        expires_at=NOON if expires else None,
    )


async def a_bid(postgres: PostgresDatabase, run: int, *, expires: bool = False) -> Hold:
    """A hold of 100 on the bidder's 1,000."""
    hold = a_hold(run, 100, ("bid", run), expires=expires)
    await settle(
        postgres, ("bid", run), deposit(bidder(run), 1000), PlaceHold(hold), now=NOON - TICK
    )
    return hold


async def balance(postgres: PostgresDatabase, account: Account) -> int:
    async with postgres.begin() as transaction:
        return await transaction.books.balance_of(account)


async def all_can_be_spent(postgres: PostgresDatabase, run: int, *, left: int) -> None:
    """This shows that no hold is open."""
    assert await balance(postgres, bidder(run)) == left
    await settle(postgres, ("spend", run), MoveMoney(bidder(run), dollars("shop"), usd(left)))


async def total_of(postgres: PostgresDatabase, accounts: list[Account]) -> int:
    """Their balances in one snapshot."""
    wanted, total = {account.id for account in accounts}, 0
    async with postgres.begin() as transaction:
        async for record in transaction.books.accounts():
            assert 0 <= record.balance.held <= record.balance.total
            total += record.balance.total if record.account_id in wanted else 0
    return total


async def closings(postgres: PostgresDatabase) -> list[Closing]:
    async with postgres.begin() as transaction:
        return [closing async for closing in transaction.books.closings()]
