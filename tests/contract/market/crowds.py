"""Race scenarios of the market: concurrent calls and their expected outcome."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from itertools import chain
from typing import Any

from ece_adapters.postgres import PostgresDatabase
from ece_domain.kernel import IdempotentResult
from ece_domain.market import Listing, ListingState
from ece_domain.sales import Sale
from tests.clock import SettableClock
from tests.contract.ledger.racing import ABORTED, RACERS, REPLAYED, WON, Race, outcome, outcomes
from tests.contract.market.stall import Stall, usd

NOT_ACTIVE = "market.listing-not-active"
TOO_LATE = {NOT_ACTIVE, ABORTED, "ledger.hold-not-open"}
EXPIRED = "expired"
TICK = timedelta(microseconds=1)


def a_stall(postgres: PostgresDatabase) -> Stall:
    return Stall(postgres, SettableClock())


async def listings(stall: Stall, run: int, number: int, **wanted: Any) -> list[Listing]:
    """A number of cards of one printing, listed by one seller."""
    seller = await stall.someone()
    printing = await stall.printing(await stall.card_set(f"set-{run}"))
    return [await stall.listing(seller, printing=printing, **wanted) for _ in range(number)]


async def s1_one_of_many_buys_a_listing(postgres: PostgresDatabase, run: int) -> Counter[str]:
    stall = a_stall(postgres)
    (listing,) = await listings(stall, run, 1)
    buyers = [await stall.someone(5_000) for _ in range(RACERS)]

    counted = await outcomes(stall.buy(listing, buyer) for buyer in buyers)

    assert counted[WON] == 1, counted
    assert set(counted) <= {WON, *TOO_LATE}, counted
    left = sorted([await stall.balance(buyer) for buyer in buyers])
    assert left == [4_000, *[5_000] * (RACERS - 1)]
    assert await stall.owner(listing.card_id) in buyers
    return counted


async def a_thousand_requests_for_ten_cards(postgres: PostgresDatabase, run: int) -> Counter[str]:
    """Fifty buyers send ten requests each, and each of them twice at the same time."""
    stall = a_stall(postgres)
    offered = await listings(stall, run, 10)
    buyers = [await stall.someone(10_000) for _ in range(50)]
    chance = random.Random(run)
    wishes = [
        [(chance.choice(offered), buyer, f"{number}") for number in range(10)] for buyer in buyers
    ]
    counted, bought = Counter[str](), dict[tuple[Any, str], Sale]()

    async def buy(listing: Listing, buyer: Any, key: str) -> IdempotentResult[Sale]:
        answer = await stall.buy(listing, buyer, key=key)
        assert bought.setdefault((buyer, key), answer.value) == answer.value
        return answer

    async def send(wanted: list[tuple[Listing, Any, str]]) -> None:
        for wish in wanted:
            counted.update(await outcomes(buy(*wish) for _ in range(2)))

    await asyncio.gather(*map(send, wishes))

    assert counted.total() == 1_000
    assert counted[WON] == len(bought) == len(offered), counted
    assert set(counted) <= {WON, REPLAYED, *TOO_LATE}, counted
    for listing, buyer, key in chain.from_iterable(wishes[::5]):
        again = REPLAYED if (buyer, key) in bought else NOT_ACTIVE
        assert await outcome(buy(listing, buyer, key)) == again
    for sale in bought.values():
        assert await stall.owner(sale.card_id) == sale.buyer_id
    return counted


async def s21_a_key_sent_by_many_buys_once(postgres: PostgresDatabase, run: int) -> Counter[str]:
    """The buyer wants two cards, and has money for one."""
    stall = a_stall(postgres)
    offered = await listings(stall, run, 2)
    buyer = await stall.someone(2_000)

    counted = await outcomes(
        stall.buy(offered[racer % 2], buyer, key="mine") for racer in range(RACERS)
    )

    assert counted[WON] == 1, counted
    assert set(counted) <= {WON, REPLAYED, "kernel.idempotency-key-reused", *TOO_LATE}, counted
    assert await stall.balance(buyer) == 1_000
    return counted


async def a_card_is_listed_once(postgres: PostgresDatabase, run: int) -> Counter[str]:
    stall = a_stall(postgres)
    seller = await stall.someone()
    card = await stall.card(seller, await stall.printing(await stall.card_set(f"set-{run}")))

    counted = await outcomes(stall.answer_list(card, seller) for _ in range(RACERS))

    assert counted == {WON: 1, "ledger.card-already-held": RACERS - 1}, counted
    return counted


async def s2_a_purchase_a_cancellation_and_a_new_price(
    postgres: PostgresDatabase, run: int
) -> Counter[str]:
    stall = a_stall(postgres)
    (listing,) = await listings(stall, run, 1)
    buyer = await stall.someone(5_000)

    async def repriced() -> Listing:
        await asyncio.sleep(0.0005 * (run % 5))  # now before the others, now after them
        return await stall.reprice(listing, 4_000)

    counted = await outcomes(
        [
            stall.buy(listing, buyer, max_price=usd(1_000)),
            stall.cancel(listing, listing.seller_id),
            repriced(),
        ]
    )

    assert set(counted) <= {WON, "market.price-above-max", *TOO_LATE}, counted
    state = (await stall.show(listing)).state
    is_sold = state is ListingState.SOLD
    assert await stall.owner(listing.card_id) == (buyer if is_sold else listing.seller_id)
    assert await stall.balance(buyer) == (4_000 if is_sold else 5_000)
    assert await stall.is_held(listing.card_id) == (state is ListingState.ACTIVE)
    return counted


async def the_sweep_and_a_purchase_at_the_expiry(
    postgres: PostgresDatabase, run: int
) -> Counter[str]:
    """Purchases just before and after the expiry, concurrent with the expiry job."""
    stall = a_stall(postgres)
    (listing,) = await listings(stall, run, 1, minutes=5)
    in_time = a_stall(postgres)
    in_time.clock.moment = listing.expires_at - TICK
    stall.clock.moment = listing.expires_at
    buyers = [await stall.someone(5_000) for _ in range(12)]

    async def sweep() -> None:
        await asyncio.sleep(0.0005 * (run % 3))  # now before the buyers, now after them
        await stall.expire()

    swept, late, counted = await asyncio.gather(
        outcome(sweep()),
        outcomes(stall.buy(listing, buyer) for buyer in buyers[:4]),
        outcomes(in_time.buy(listing, buyer) for buyer in buyers[4:]),
    )

    assert swept in {WON, *TOO_LATE}
    assert set(late) <= TOO_LATE, late
    assert counted[WON] <= 1, counted
    assert set(counted) <= {WON, *TOO_LATE}, counted
    sold = (await stall.show(listing)).state is ListingState.SOLD
    assert counted[WON] == sold
    assert (await stall.owner(listing.card_id) in buyers) == sold
    assert not await stall.is_held(listing.card_id)
    return late + counted + Counter({EXPIRED: 1 - sold})


RACES = {
    race.run.__name__: race
    for race in (
        Race(s1_one_of_many_buys_a_listing, rounds=1, attempts=RACERS),
        Race(a_thousand_requests_for_ten_cards, rounds=1, attempts=1_000),
        Race(s21_a_key_sent_by_many_buys_once, rounds=1, attempts=RACERS),
        Race(a_card_is_listed_once, rounds=1, attempts=RACERS),
        Race(s2_a_purchase_a_cancellation_and_a_new_price, rounds=5, attempts=3),
        Race(the_sweep_and_a_purchase_at_the_expiry, rounds=10, attempts=12, seen=(EXPIRED,)),
    )
}
