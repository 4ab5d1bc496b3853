"""Every field of a saved listing is loaded again."""

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings

from ece_adapters.system import new_id
from ece_domain.kernel import ConcurrentChange
from ece_domain.market import ListingId
from tests.contract.market.stall import Stall
from tests.strategies.market import listings, pricings

examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@examples
@given(listing=listings(), pricing=pricings())
async def test_a_saved_listing_is_loaded_completely(stall: Stall, listing, pricing):
    card = await stall.card(listing.seller_id)
    listing = evolve(listing, id=ListingId(new_id()), card_id=card)
    for saved in (listing, evolve(listing.saved, pricing=pricing)):
        async with stall.database.begin() as transaction:
            transaction.listings.save(saved)
        async with stall.database.begin() as transaction:
            assert await transaction.listings.get(listing.id) == saved.saved


async def test_a_stale_listing_is_not_saved(stall: Stall):
    listing = await stall.listing(await stall.someone())
    await stall.reprice(listing, 7)
    with pytest.raises(ConcurrentChange):
        async with stall.database.begin() as transaction:
            transaction.listings.save(listing)
    with pytest.raises(ConcurrentChange):
        async with stall.database.begin() as transaction:
            transaction.listings.save(evolve(listing, version=0))
    assert (await stall.show(listing)).listing.version == 2


async def test_a_rollback_leaves_nothing(stall: Stall):
    listing = await stall.listing(await stall.someone())
    before = await stall.events()

    async def change_and_fail() -> None:
        async with stall.database.begin() as transaction:
            transaction.listings.save(
                listing.cancel(seller_id=listing.seller_id, now=stall.clock())
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_and_fail()
    assert (await stall.show(listing)).listing == listing
    assert await stall.events() == before
