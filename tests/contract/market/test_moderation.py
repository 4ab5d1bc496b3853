"""Listings that a moderator takes down, and those of suspended sellers, in every store."""

import asyncio

import pytest

from ece_domain import identity, market
from ece_domain.identity import Actor, Role, RoleNotAllowed
from ece_domain.kernel import IdempotencyKeyReused
from ece_domain.market import (
    ListingId,
    ListingNotActive,
    ListingNotFound,
    ListingState,
    SellerSuspended,
)
from tests.contract.market.stall import REASON, Stall, user


async def test_a_listing_that_is_taken_down_ends_and_frees_its_card(stall: Stall):
    seller, moderator = await stall.someone(), user()
    listing = await stall.listing(seller)

    taken_down = (await stall.take_down(listing, moderator)).value

    assert taken_down.state is ListingState.TAKEN_DOWN
    assert not await stall.is_held(listing.card_id)
    assert await stall.owner(listing.card_id) == seller
    assert (await stall.show(listing)).listing == taken_down
    assert (await stall.events())[-1] == "market.listing-taken-down"
    await stall.listing(seller, card=listing.card_id)


async def test_what_was_taken_down_is_neither_sold_nor_changed(stall: Stall):
    seller, buyer = await stall.someone(), await stall.someone(5_000)
    listing = await stall.listing(seller)
    taken_down = (await stall.take_down(listing, user())).value
    for refused in (
        stall.buy(listing, buyer),
        stall.cancel(listing, seller),
        stall.take_down(listing, user()),
        stall.reprice(taken_down, 900),
    ):
        with pytest.raises(ListingNotActive) as refusal:
            await refused
        assert refusal.value.state is ListingState.TAKEN_DOWN
    assert await stall.balance(buyer) == 5_000


async def test_a_repeated_request_gets_the_same_result(stall: Stall):
    listing, moderator = await stall.listing(await stall.someone()), user()
    first = await stall.take_down(listing, moderator, "once")
    again = await stall.take_down(listing, moderator, "once")

    assert (again.value, again.is_replayed) == (first.value, True)
    other = await stall.listing(await stall.someone())
    with pytest.raises(IdempotencyKeyReused):
        await stall.take_down(other, moderator, "once")


async def test_of_a_purchase_and_a_take_down_at_once_one_happens(stall: Stall):
    for _ in range(5):
        buyer = await stall.someone(5_000)
        listing = await stall.listing(await stall.someone(), 1_000)
        await asyncio.gather(
            stall.buy(listing, buyer), stall.take_down(listing, user()), return_exceptions=True
        )

        state = (await stall.show(listing)).state
        assert state in {ListingState.SOLD, ListingState.TAKEN_DOWN}
        is_sold = state is ListingState.SOLD
        assert (await stall.owner(listing.card_id) == buyer) is is_sold
        assert await stall.balance(buyer) == (4_000 if is_sold else 5_000)


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.SERVICE])
async def test_only_moderators_and_admins_take_listings_down(stall: Stall, role: Role):
    listing = await stall.listing(await stall.someone())
    take_down = market.TakeDownListing(stall.database.begin, stall.clock, stall.new_id)
    with pytest.raises(RoleNotAllowed):
        await take_down(
            listing_id=listing.id, reason=REASON, actor=Actor(user(), role), key=stall.key()
        )
    with pytest.raises(ListingNotFound):
        await take_down(
            listing_id=ListingId(user()),
            reason=REASON,
            actor=Actor(user(), Role.ADMIN),
            key=stall.key(),
        )


class TestSuspendedSeller:
    @pytest.fixture
    async def seller(self, stall: Stall):
        seller = await stall.someone()
        await stall.register(seller, "eve")
        return seller

    async def suspend(self, stall: Stall, seller):
        suspend_user = identity.SuspendUser(stall.database.begin, set(), stall.clock)
        await suspend_user(user_id=seller, reason=REASON, actor=Actor.exchange())

    async def test_sells_nothing_until_they_are_reinstated(self, stall: Stall, seller):
        buyer = await stall.someone(5_000)
        listing = await stall.listing(seller, 1_000)
        await self.suspend(stall, seller)
        with pytest.raises(SellerSuspended):
            await stall.buy(listing, buyer)
        assert await stall.balance(buyer) == 5_000

        reinstate_user = identity.ReinstateUser(stall.database.begin, stall.clock)
        await reinstate_user(user_id=seller, reason=REASON, actor=Actor.exchange())
        assert (await stall.buy(listing, buyer)).value.buyer_id == buyer

    async def test_keeps_what_was_bought_before_as_a_replay(self, stall: Stall, seller):
        buyer = await stall.someone(5_000)
        listing = await stall.listing(seller, 1_000)
        sale = await stall.buy(listing, buyer, key="once")
        await self.suspend(stall, seller)

        assert (await stall.buy(listing, buyer, key="once")).value == sale.value

    async def test_can_have_their_listings_taken_down(self, stall: Stall, seller):
        listing = await stall.listing(seller, 1_000)
        await self.suspend(stall, seller)
        await stall.take_down(listing, user())
        assert not await stall.is_held(listing.card_id)
