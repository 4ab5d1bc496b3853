"""One run expires all overdue listings, in spite of bad listings and other processes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.system import new_id
from ece_domain.cards import Card, CardId, ConditionKey
from ece_domain.ledger import HoldNotOpen, PlaceHold, ReleaseHold, Settlement, SettlementId
from ece_domain.market import Listing, ListingId, ListingState, Pricing
from tests.contract.conftest import postgres_database
from tests.contract.ledger.stores import assert_sound
from tests.contract.market.stall import Stall, usd

OVERDUE = 2_000
AT_ONCE = 100
HOUR = timedelta(hours=1)


async def overdue_listings(stall: Stall, number: int) -> list[Listing]:
    """A number of listings of one seller, all past their expiry."""
    printing, seller = await stall.printing(await stall.card_set()), await stall.someone()
    now, listings = stall.clock(), list[Listing]()
    for first in range(0, number, AT_ONCE):
        cards = [
            Card(
                id=CardId(new_id()),
                printing_id=printing.id,
                serial=serial,
                owner_id=seller,
                minted_to_id=seller,
                minted_at=now,
                updated_at=now,
            )
            for serial in range(first + 1, min(first + AT_ONCE, number) + 1)
        ]
        listed = [
            Listing.of_card(
                ListingId(new_id()),
                card_id=card.id,
                printing_id=printing.id,
                condition=ConditionKey.of(None),
                seller_id=seller,
                pricing=Pricing(usd(100)),
                expires_at=now + HOUR,
                now=now,
            )
            for card in cards
        ]
        async with stall.database.begin() as transaction:
            await transaction.cards.add(cards)
        async with stall.database.begin() as transaction:
            for listing in listed:
                transaction.listings.save(listing)
            holds = tuple(PlaceHold(listing.hold) for listing in listed)
            transaction.ledger.settle(
                Settlement(SettlementId(new_id()), "market.listing", holds), now
            )
        listings += listed
    stall.clock.moment = now + HOUR
    return listings


async def release(stall: Stall, listing: Listing) -> None:
    """Release the hold of the listing, so that the listing can never expire."""
    async with stall.database.begin() as transaction:
        settlement = Settlement(
            SettlementId(new_id()), "market.mistake", (ReleaseHold(listing.hold),)
        )
        transaction.ledger.settle(settlement, stall.clock())


async def expiries(stall: Stall) -> int:
    return (await stall.events()).count("market.listing-expired")


async def test_one_run_expires_all_overdue_listings_except_a_bad_one(stall: Stall):
    listings = await overdue_listings(stall, OVERDUE)
    poisoned = listings[OVERDUE // 2]
    await release(stall, poisoned)

    swept = await stall.sweep()

    assert swept.expired_count == OVERDUE - 1 == await expiries(stall)
    (left,) = swept.refused
    assert left.listing_id == poisoned.id
    assert isinstance(left.refusal, HoldNotOpen)
    assert (await stall.show(poisoned)).listing.state is ListingState.ACTIVE
    assert not await stall.is_held(listings[0].card_id)
    again = await stall.sweep()
    assert (again.expired_count, len(again.refused)) == (0, 1)


@pytest.mark.parametrize("batch_size", [1, 2, 3])
async def test_bad_listings_do_not_stop_others_in_any_position(stall: Stall, batch_size):
    listings = await overdue_listings(stall, 6)
    bad = {listings[place].id for place in (0, 1, 5)}
    for listing in listings:
        if listing.id in bad:
            await release(stall, listing)

    swept = await stall.sweep(batch_size)

    assert swept.expired_count == 3 == await expiries(stall)
    assert {left.listing_id for left in swept.refused} == bad


async def test_locked_listings_are_skipped(stall: Stall):
    locked, free = await overdue_listings(stall, 2)
    async with stall.database.begin() as transaction:
        await transaction.listings.get_for_update(locked.id)
        swept = await stall.sweep()
        assert (swept.expired_count, swept.refused) == (1, ())
    assert (await stall.show(free)).listing.state is ListingState.EXPIRED
    assert await stall.expire() == 1
    assert (await stall.show(locked)).listing.state is ListingState.EXPIRED


@pytest.fixture
async def postgres(postgres_server) -> AsyncIterator[PostgresDatabase]:
    async with postgres_database(postgres_server) as database:
        yield database
        await assert_sound(database)


async def test_four_processes_share_the_work(postgres, clock):
    stall = Stall(postgres, clock)
    await overdue_listings(stall, 1_000)

    runs = await asyncio.gather(*(stall.sweep() for _ in range(4)))

    assert [run.refused for run in runs] == [()] * 4
    assert sum(run.expired_count for run in runs) == 1_000 == await expiries(stall)
    assert sum(run.expired_count > 0 for run in runs) > 1
