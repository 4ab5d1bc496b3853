"""The stored results of keyed requests."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from ece_adapters.postgres import PostgresDatabase
from ece_domain.identity import UserId
from ece_domain.market import Listing, PriceDecline, Pricing
from tests.contract.market.stall import Stall, usd


async def test_a_purchase_keeps_its_sale_by_id_and_a_replay_reads_it_again(stall):
    seller, buyer = await stall.someone(), await stall.someone(5_000)
    listing = await stall.listing(seller)
    first = await stall.buy(listing, buyer, key="mine")
    again = await stall.buy(listing, buyer, key="mine")

    assert again.is_replayed
    assert again.value == first.value
    await assert_kept_by_id(stall, buyer, "mine", first.value.id)


async def assert_kept_by_id(stall: Stall, actor: UserId, key: str, id_: UUID) -> None:
    if isinstance(stall.database, PostgresDatabase):
        async with stall.database.begin() as transaction:
            row = await transaction.unit.fetch_row(
                "SELECT result FROM idempotency_record WHERE actor_id = $1 AND key = $2", actor, key
            )
        assert json.loads(row["result"]) == {"v": 1, "value": str(id_)}


async def reprice(stall: Stall, listing: Listing) -> None:
    await stall.reprice(listing, 77)


async def reprice_and_sell(stall: Stall, listing: Listing) -> None:
    await stall.buy(await stall.reprice(listing, 77), await stall.someone(5_000))


async def cancel(stall: Stall, listing: Listing) -> None:
    await stall.cancel(listing, listing.seller_id)


async def expire(stall: Stall, listing: Listing) -> None:
    stall.clock.moment = listing.expires_at
    assert await stall.expire() == 1


@pytest.mark.parametrize("change", [reprice, reprice_and_sell, cancel, expire])
async def test_a_replay_gives_the_listing_as_it_was_offered_whatever_became_of_it(stall, change):
    seller = await stall.someone()
    card, now = await stall.card(seller), stall.clock()
    decline = PriceDecline(usd(100), now + timedelta(days=1), now + timedelta(days=2))
    pricing, expires_at = Pricing(usd(1_000), decline), now + timedelta(days=3)
    first = await stall.answer_list(card, seller, pricing, expires_at=expires_at, key="mine")
    stall.clock.moment += timedelta(hours=1)
    await change(stall, first.value)
    again = await stall.answer_list(card, seller, pricing, expires_at=expires_at, key="mine")

    assert again.is_replayed
    assert again.value == first.value
    assert (await stall.show(first.value)).listing != first.value
    await assert_kept_by_id(stall, seller, "mine", first.value.id)


async def test_a_replay_of_a_cancellation_reads_the_listing_again(stall):
    listing = await stall.listing(await stall.someone())
    first = await stall.cancel(listing, listing.seller_id, key="mine")
    await stall.listing(listing.seller_id, card=listing.card_id)
    again = await stall.cancel(listing, listing.seller_id, key="mine")

    assert again.is_replayed
    assert again.value == first.value
    await assert_kept_by_id(stall, listing.seller_id, "mine", listing.id)
