"""Listings are created, changed, cancelled, bought and expired, the same in every store."""

import asyncio
from datetime import timedelta

import pytest
from attrs import evolve

from ece_adapters.system import new_id
from ece_domain.cards import (
    CardId,
    CardNotFound,
)
from ece_domain.kernel import (
    Asset,
    ConcurrentChange,
    IdempotencyKeyReused,
    Money,
    NotFound,
    PageRequest,
)
from ece_domain.ledger import CardAlreadyHeld, CardNotOwned, InsufficientFunds
from ece_domain.market import (
    BuyerIsSeller,
    InvalidExpiry,
    ListingId,
    ListingNotActive,
    ListingNotFound,
    ListingState,
    PriceAboveMax,
    PriceDecline,
    Pricing,
)
from ece_domain.sales import AssetNotAccepted
from ece_entrypoints.wiring.retry_on_conflict import RetryOnConflict
from tests.contract.market.stall import Stall, usd, user

TICK = timedelta(microseconds=1)


async def test_a_card_changes_hands_with_its_money(stall: Stall):
    seller, buyer = await stall.someone(), await stall.someone(5_000)
    listing = await stall.listing(seller, 1_000)

    sale = (await stall.buy(listing, buyer)).value

    assert await stall.owner(listing.card_id) == buyer
    assert not await stall.is_held(listing.card_id)
    assert await stall.balance(buyer) == 4_000
    assert await stall.balance(seller) == 1_000 - 90 - 30 - 50 == sale.receipt.proceeds.amount
    assert await stall.balance(stall.creator) == 50
    assert await stall.balance(stall.issuer) == 0
    assert (await stall.show(listing)).state is ListingState.SOLD
    assert await stall.events() == ["market.listing-created", "sales.card-sold"]


async def test_a_listing_sets_its_card_aside_and_a_cancellation_frees_it(stall: Stall):
    seller = await stall.someone()
    listing = await stall.listing(seller)
    assert await stall.is_held(listing.card_id)

    cancelled = (await stall.cancel(listing, seller)).value

    assert cancelled.state is ListingState.CANCELLED
    assert not await stall.is_held(listing.card_id)
    assert (await stall.show(listing)).listing == cancelled
    await stall.listing(seller, card=listing.card_id)
    assert await stall.events() == [
        "market.listing-created",
        "market.listing-cancelled",
        "market.listing-created",
    ]


async def test_refuses_to_list_unknown_cards_and_cards_on_hold(stall: Stall):
    seller = await stall.someone()
    listing = await stall.listing(seller)
    with pytest.raises(CardAlreadyHeld):
        await stall.listing(seller, card=listing.card_id)
    with pytest.raises(CardNotFound):
        await stall.answer_list(CardId(new_id()), seller)
    with pytest.raises(CardNotOwned):
        await stall.answer_list(await stall.card(user()), seller)
    with pytest.raises(AssetNotAccepted):
        await stall.listing(seller, Pricing(Money(5, Asset("EUR", 2))))
    with pytest.raises(InvalidExpiry):
        await stall.listing(seller, minutes=0)
    assert await stall.events() == ["market.listing-created"]


async def test_refuses_a_purchase_by_name(stall: Stall):
    seller, buyer = await stall.someone(), await stall.someone(999)
    listing = await stall.listing(seller, 1_000)
    with pytest.raises(BuyerIsSeller):
        await stall.buy(listing, seller)
    with pytest.raises(PriceAboveMax):
        await stall.buy(listing, buyer, max_price=usd(999))
    with pytest.raises(InsufficientFunds) as refusal:
        await stall.buy(listing, buyer)
    assert refusal.value.details == {"available": usd(999), "needed": usd(1_000)}
    assert (await stall.show(listing)).state is ListingState.ACTIVE
    assert await stall.balance(buyer) == 999


async def test_a_listing_that_is_not_there_is_not_found(stall: Stall):
    someone = await stall.someone(5_000)
    unknown = evolve(await stall.listing(await stall.someone()), id=ListingId(new_id()))
    for attempt in (
        stall.buy(unknown, someone),
        stall.cancel(unknown, someone),
        stall.reprice(unknown, 5),
        stall.show(unknown),
    ):
        with pytest.raises(ListingNotFound):
            await attempt


async def test_s23_only_the_seller_changes_a_listing(stall: Stall):
    listing, other = await stall.listing(await stall.someone()), await stall.someone()
    with pytest.raises(NotFound):
        await stall.cancel(listing, other)
    with pytest.raises(NotFound):
        await stall.reprice(listing, 5, seller_id=other)
    assert (await stall.show(listing)).listing == listing


@pytest.mark.parametrize("end", ["sold", "cancelled", "expired"])
async def test_an_ended_listing_is_refused_with_its_state(stall: Stall, end):
    seller, buyer = await stall.someone(), await stall.someone(5_000)
    listing = await stall.listing(seller, minutes=5)
    if end == "sold":
        await stall.buy(listing, await stall.someone(5_000))
    elif end == "cancelled":
        await stall.cancel(listing, seller)
    else:
        stall.clock.advance(minutes=5)

    for attempt in (
        stall.buy(listing, buyer),
        stall.cancel(listing, seller),
        stall.reprice(listing, 5),
    ):
        with pytest.raises(ListingNotActive) as refusal:
            await attempt
        assert refusal.value.state.value == end
    assert await stall.balance(buyer) == 5_000


async def test_is_bought_until_the_instant_of_its_expiry(stall: Stall):
    buyer = await stall.someone(5_000)
    early, late = [await stall.listing(await stall.someone(), minutes=5) for _ in range(2)]
    stall.clock.moment = early.expires_at - TICK
    await stall.buy(early, buyer)
    stall.clock.moment = late.expires_at
    with pytest.raises(ListingNotActive):
        await stall.buy(late, buyer)


async def test_the_sweep_frees_cards_at_their_expiry(stall: Stall):
    seller = await stall.someone()
    early = [await stall.listing(seller, minutes=5) for _ in range(3)]
    late = await stall.listing(seller, minutes=5 + 1e-6)
    sold = await stall.listing(seller, minutes=5)
    await stall.buy(sold, await stall.someone(5_000))

    stall.clock.moment = early[0].expires_at - TICK
    assert await stall.expire() == 0
    stall.clock.moment = early[0].expires_at
    assert [await stall.expire() for _ in range(2)] == [3, 0]

    assert not any([await stall.is_held(listing.card_id) for listing in early])
    assert await stall.is_held(late.card_id)
    assert (await stall.show(early[0])).listing.state is ListingState.EXPIRED
    assert (await stall.show(sold)).state is ListingState.SOLD
    assert (await stall.events()).count("market.listing-expired") == 3


async def test_an_expired_listing_makes_no_room_for_a_stranger(stall: Stall):
    old = await stall.listing(await stall.someone(), minutes=5)
    stall.clock.moment = old.expires_at

    with pytest.raises(CardNotOwned):
        await stall.listing(await stall.someone(), card=old.card_id)

    assert await stall.is_held(old.card_id)


async def test_a_card_is_listed_again_before_its_expired_listing_was_swept(stall: Stall):
    seller, buyer = await stall.someone(), await stall.someone(5_000)
    old = await stall.listing(seller, minutes=5)
    stall.clock.moment = old.expires_at

    new = await stall.listing(seller, 700, card=old.card_id)

    assert (await stall.show(old)).listing.state is ListingState.EXPIRED
    assert await stall.expire() == 0
    await stall.buy(new, buyer)
    assert await stall.owner(old.card_id) == buyer
    assert await stall.events() == [
        "market.listing-created",
        "market.listing-expired",
        "market.listing-created",
        "sales.card-sold",
    ]


async def test_a_declining_price_is_paid_as_of_now(stall: Stall):
    buyer, start = await stall.someone(5_000), stall.clock()
    falling = Pricing(usd(1_000), PriceDecline(usd(500), start, start + timedelta(hours=1)))
    listing = await stall.listing(await stall.someone(), falling)
    stall.clock.advance(minutes=15)
    sale = (await stall.buy(listing, buyer, max_price=usd(1_000))).value
    assert sale.price == usd(875)
    assert await stall.balance(buyer) == 4_125


async def test_a_repriced_listing_sells_at_the_new_price(stall: Stall):
    buyer = await stall.someone(5_000)
    listing = await stall.listing(await stall.someone(), 1_000)
    repriced = await stall.reprice(listing, 1_200)
    assert repriced.version == listing.version + 1
    assert (await stall.show(listing)).listing == repriced
    with pytest.raises(ConcurrentChange):
        await stall.reprice(listing, 100)
    with pytest.raises(PriceAboveMax):
        await stall.buy(listing, buyer, max_price=usd(1_000))
    assert (await stall.buy(listing, buyer, max_price=usd(1_200))).value.price == usd(1_200)
    assert await stall.events() == [
        "market.listing-created",
        "market.listing-price-changed",
        "sales.card-sold",
    ]


async def test_a_listing_is_not_repriced_into_an_asset_that_nothing_is_sold_for(stall: Stall):
    listing = await stall.listing(await stall.someone())
    with pytest.raises(AssetNotAccepted):
        await stall.reprice(listing, Pricing(Money(5, Asset("EUR", 2))))


async def test_s21_a_key_belongs_to_one_request(stall: Stall):
    seller, buyer = await stall.someone(), await stall.someone(5_000)
    listing, other = await stall.listing(seller), await stall.listing(seller)

    first = await stall.buy(listing, buyer, key="mine")
    again = await stall.buy(listing, buyer, key="mine")
    assert (first.is_replayed, again.is_replayed) == (False, True)
    assert again.value == first.value
    for attempt in (
        stall.buy(other, buyer, key="mine"),
        stall.buy(listing, buyer, key="mine", max_price=usd(5_000)),
    ):
        with pytest.raises(IdempotencyKeyReused):
            await attempt
    assert await stall.balance(buyer) == 4_000
    assert await stall.owner(other.card_id) == seller


async def test_s21_the_keys_of_listing_and_cancelling_belong_to_one_request(stall: Stall):
    seller = await stall.someone()
    card = await stall.card(seller)
    first, again = [await stall.answer_list(card, seller, key="list") for _ in range(2)]
    assert (first.is_replayed, again.is_replayed) == (False, True)
    assert again.value == first.value
    with pytest.raises(IdempotencyKeyReused):
        await stall.answer_list(card, seller, 999, key="list")

    first, again = [await stall.cancel(first.value, seller, key="cancel") for _ in range(2)]
    assert (first.is_replayed, again.is_replayed) == (False, True)
    assert again.value == first.value


async def test_s21_the_same_key_at_the_same_time_buys_once(stall: Stall):
    seller, buyer = await stall.someone(), await stall.someone(5_000)
    listing = await stall.listing(seller)
    answers = await asyncio.gather(*(stall.buy(listing, buyer, key="mine") for _ in range(8)))
    assert len({answer.value.id for answer in answers}) == 1
    assert [answer.is_replayed for answer in answers].count(False) == 1
    assert await stall.balance(buyer) == 4_000


async def test_s1_of_many_buyers_exactly_one_buys(stall: Stall):
    seller = await stall.someone()
    listing = await stall.listing(seller)
    buyers = [await stall.someone(5_000) for _ in range(12)]
    buy = RetryOnConflict(stall.buy, lambda _low, high: high / 10)

    answers = await asyncio.gather(
        *(buy(listing=listing, buyer=buyer) for buyer in buyers), return_exceptions=True
    )

    won = [answer for answer in answers if not isinstance(answer, Exception)]
    lost = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(won) == 1
    assert {type(refusal) for refusal in lost} == {ListingNotActive}
    assert sorted([await stall.balance(buyer) for buyer in buyers]) == [4_000, *[5_000] * 11]
    assert (await stall.events()).count("sales.card-sold") == 1


async def test_s1_a_card_is_listed_once_of_many_times(stall: Stall):
    seller = await stall.someone()
    card = await stall.card(seller)
    answers = await asyncio.gather(
        *(stall.answer_list(card, seller) for _ in range(8)), return_exceptions=True
    )
    lost = [type(answer) for answer in answers if isinstance(answer, Exception)]
    assert lost == [CardAlreadyHeld] * 7
    assert (await stall.events()) == ["market.listing-created"]


async def test_s2_a_purchase_cancellation_and_new_price_at_once_leave_one_outcome(stall: Stall):
    for _ in range(5):
        seller, buyer = await stall.someone(), await stall.someone(5_000)
        listing = await stall.listing(seller)
        answers = await asyncio.gather(
            stall.buy(listing, buyer, max_price=usd(1_000)),
            stall.cancel(listing, seller),
            stall.reprice(listing, 4_000),
            return_exceptions=True,
        )
        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert all(
            isinstance(each, ConcurrentChange | ListingNotActive | PriceAboveMax)
            for each in refused
        )
        state = (await stall.show(listing)).state
        is_sold = state is ListingState.SOLD
        assert await stall.owner(listing.card_id) == (buyer if is_sold else seller)
        assert await stall.balance(buyer) == (4_000 if is_sold else 5_000)
        assert await stall.is_held(listing.card_id) == (state is ListingState.ACTIVE)


async def test_a_buyer_sells_the_card_on(stall: Stall):
    owner = first = await stall.someone(5_000)
    listing = await stall.listing(owner)
    for _ in range(3):
        buyer = await stall.someone(5_000)
        await stall.buy(listing, buyer)
        listing = await stall.listing(buyer, card=listing.card_id)
        owner = buyer
    assert await stall.owner(listing.card_id) == owner != first
    page = await stall.browse(page=PageRequest())
    assert [view.listing for view in page.items] == [listing]
    async with stall.database.begin() as transaction:
        journal = [record async for record in transaction.books.journal()]
    numbers = [transfer.nth for record in journal for transfer in record.transfers]
    assert sorted(numbers) == [1, 2, 3]  # holds are no transfers
