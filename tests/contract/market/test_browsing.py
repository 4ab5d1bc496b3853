"""Searches, pages and facets of listings are the same in every store."""

from datetime import timedelta
from uuid import uuid4

import pytest

from ece_adapters.system import new_id
from ece_domain.cards import Facet, PrintingId, SetCode
from ece_domain.identity import UserId, UserNotFound
from ece_domain.kernel import Asset, InvalidPage, PageRequest, TimeRange
from ece_domain.market import (
    GetListingFacets,
    GetPriceGuide,
    ListingFilter,
    ListingId,
    ListingSort,
    ListingState,
    ListingView,
    ListMyListings,
    PriceDecline,
    Pricing,
    SearchListings,
)
from tests.contract.market.stall import Stall, usd

HOUR = timedelta(hours=1)


async def prices(stall: Stall, sort: ListingSort = ListingSort.CHEAPEST, **wanted) -> list[int]:
    page = await stall.browse(sort, PageRequest(limit=100), **wanted)
    return [view.price.amount for view in page.items]


async def all_pages(stall: Stall, sort: ListingSort, limit: int) -> list[ListingView]:
    found: list[ListingView] = []
    page = PageRequest(limit=limit)
    while True:
        part = await stall.browse(sort, page)
        assert len(part.items) <= limit
        found += part.items
        if part.next is None:
            return found
        page = PageRequest(limit=limit, after=part.next)


async def test_shows_a_listing_with_its_printing(stall: Stall):
    seller = await stall.someone()
    printing = await stall.printing(await stall.card_set("beta"), artist="Ida Lund")
    listing = await stall.listing(seller, printing=printing)

    (view,) = (await stall.browse()).items

    assert view == await stall.show(listing)
    assert view.listing == listing
    assert (view.price, view.state) == (usd(1_000), ListingState.ACTIVE)
    assert (view.printing.id, view.printing.set_code) == (printing.id, "beta")
    assert (view.printing.name, view.printing.artist) == ("Ash Fox", "Ida Lund")
    assert view.serial > 0


async def test_shows_only_active_listings(stall: Stall):
    seller, buyer = await stall.someone(), await stall.someone(5_000)
    active, sold, cancelled = [await stall.listing(seller) for _ in range(3)]
    expired = await stall.listing(seller, minutes=5)
    await stall.buy(sold, buyer)
    await stall.cancel(cancelled, seller)
    stall.clock.moment = expired.expires_at

    for sort in ListingSort:
        assert [view.listing for view in (await stall.browse(sort)).items] == [active]
    assert (await stall.show(expired)).state is ListingState.EXPIRED


async def test_finds_by_the_fields_of_the_printing(stall: Stall):
    seller = await stall.someone()
    alpha, beta = await stall.card_set("alpha"), await stall.card_set("beta")
    fox = await stall.printing(alpha, name="Ash Fox", rarity="rare", artist="Ida Lund")
    owl = await stall.printing(beta, name="Grey Owl", finish="foil", artist="Bo Ek")
    await stall.listing(seller, 1, printing=fox)
    other = await stall.someone()
    await stall.register(other, "other")
    await stall.listing(other, 2, printing=owl)

    assert await prices(stall, set_code=SetCode("alpha")) == [1]
    assert await prices(stall, rarity="rare") == [1]
    assert await prices(stall, finish="foil") == [2]
    assert await prices(stall, artist="Bo Ek") == [2]
    assert await prices(stall, printing_id=owl.id) == [2]
    assert await prices(stall, printing_id=PrintingId(new_id())) == []
    assert await prices(stall, seller_id=other) == [2]
    assert await prices(stall, text="owl") == [2]
    assert await prices(stall, text="Greyy Owl") == [2]
    assert await prices(stall, text="zzzz") == []
    assert await prices(stall, text="owl", rarity="rare") == []
    assert await prices(stall, asset=Asset("EUR", 2)) == []
    assert await prices(stall) == [1, 2]


async def test_finds_by_the_price_of_now(stall: Stall):
    seller, start = await stall.someone(), stall.clock()
    for cents in (100, 200, 300):
        await stall.listing(seller, cents)
    await stall.listing(seller, Pricing(usd(400), PriceDecline(usd(2), start, start + HOUR)))

    assert await prices(stall, price_min=200) == [200, 300, 400]
    assert await prices(stall, price_max=200) == [100, 200]
    stall.clock.advance(minutes=30)
    assert await prices(stall, price_min=200) == [200, 201, 300]
    assert await prices(stall, price_min=201, price_max=201) == [201]
    assert await prices(stall, ListingSort.DEAREST) == [300, 201, 200, 100]


async def test_a_price_between_two_cents_is_rounded_up_wherever_it_is_compared(stall: Stall):
    seller, start = await stall.someone(), stall.clock()
    decline = PriceDecline(usd(100), start, start + 7 * HOUR)
    listing = await stall.listing(seller, Pricing(usd(200), decline))
    stall.clock.advance(hours=1)  # 185.71 cents

    assert (await stall.show(listing)).price == usd(186)
    assert await prices(stall, price_max=186) == [186]
    assert await prices(stall, price_max=185) == []
    assert await prices(stall, price_min=186) == [186]
    get_price_guide = GetPriceGuide(stall.database.begin, stall.clock)
    (entry,) = (await get_price_guide(printing_id=listing.printing_id)).entries
    assert entry.lowest_ask == usd(186)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
async def test_pages_neither_skip_nor_repeat(stall: Stall, limit):
    seller, start = await stall.someone(), stall.clock()
    printing = await stall.printing(await stall.card_set())
    listed = [
        await stall.listing(seller, pricing, printing=printing)
        for pricing in (
            *(300, 100, 200, 200, 200),
            Pricing(usd(300), PriceDecline(usd(100), start, start + HOUR)),
            Pricing(usd(200), PriceDecline(usd(1), start + HOUR, start + 2 * HOUR)),
        )
    ]
    stall.clock.advance(minutes=30)

    newest = await all_pages(stall, ListingSort.NEWEST, limit)
    assert [view.listing for view in newest] == listed[::-1]
    cheapest = await all_pages(stall, ListingSort.CHEAPEST, limit)
    places = [(view.price.amount, view.listing.id) for view in cheapest]
    assert [price for price, _ in places] == [100, 200, 200, 200, 200, 200, 300]
    assert places == sorted(places)
    assert await all_pages(stall, ListingSort.DEAREST, limit) == cheapest[::-1]


async def test_pages_go_on_with_the_prices_of_their_first(stall: Stall):
    seller, start = await stall.someone(), stall.clock()
    for cents in (100, 300):
        await stall.listing(seller, cents)
    await stall.listing(seller, Pricing(usd(400), PriceDecline(usd(50), start, start + HOUR)))
    first = await stall.browse(ListingSort.CHEAPEST, PageRequest(limit=2))
    stall.clock.advance(minutes=60)
    second = await stall.browse(ListingSort.CHEAPEST, PageRequest(limit=2, after=first.next))
    shown = [view.price.amount for view in (*first.items, *second.items)]
    assert shown == [100, 300, 400]
    assert await prices(stall) == [50, 100, 300]


@pytest.mark.parametrize("sort", ListingSort)
async def test_refuses_a_position_of_another_list(stall: Stall, sort):
    with pytest.raises(InvalidPage):
        await stall.browse(sort, PageRequest(after=("a", "b", "c", "d")))


async def test_counts_facets_of_listings(stall: Stall):
    seller = await stall.someone()
    alpha, beta = await stall.card_set("alpha"), await stall.card_set("beta")
    fox = await stall.printing(alpha, rarity="rare", artist="Ida Lund")
    owl = await stall.printing(beta, finish="foil", name="Owl")
    for printing, cents in ((fox, 100), (fox, 200), (owl, 300)):
        await stall.listing(seller, cents, printing=printing)
    get_listing_facets = GetListingFacets(stall.database.begin, stall.clock)

    facets = await get_listing_facets(filter=ListingFilter())
    assert facets.card_sets == (Facet("alpha", 2), Facet("beta", 1))
    assert facets.rarities == (Facet("rare", 2), Facet("common", 1))
    assert facets.finishes == (Facet("plain", 2), Facet("foil", 1))
    assert facets.artists == (Facet("Ida Lund", 2),)
    dear = await get_listing_facets(filter=ListingFilter(price_min=200))
    assert dear.card_sets == (Facet("alpha", 1), Facet("beta", 1))
    found = await get_listing_facets(filter=ListingFilter(text="owl"))
    assert found.card_sets == (Facet("beta", 1),)


async def test_facets_are_exact_up_to_ten_thousand_listings_and_capped_beyond(
    stall: Stall, monkeypatch
):
    for store in ("memory", "postgres"):
        monkeypatch.setattr(f"ece_adapters.{store}.cards.catalog.MAX_FACETED", 2)
    seller = await stall.someone()
    get_listing_facets = GetListingFacets(stall.database.begin, stall.clock)
    counted = []
    for cents in (100, 200, 300):
        await stall.listing(seller, cents)
        facets = await get_listing_facets(filter=ListingFilter())
        counted.append((facets.is_capped, sum(facet.count for facet in facets.rarities)))
    assert counted == [(False, 1), (False, 2), (True, 2)]
    assert not (await get_listing_facets(filter=ListingFilter(price_min=200))).is_capped


async def test_a_seller_sees_all_their_listings_newest_first(stall: Stall):
    seller = await stall.someone()
    own = [await stall.listing(seller) for _ in range(3)]
    await stall.listing(await stall.someone())
    await stall.cancel(own[1], seller)

    list_my_listings = ListMyListings(stall.database.begin, stall.clock)
    first = await list_my_listings(seller_id=seller, page=PageRequest(limit=2))
    rest = await list_my_listings(seller_id=seller, page=PageRequest(limit=2, after=first.next))

    states = [ListingState.ACTIVE, ListingState.CANCELLED, ListingState.ACTIVE]
    found = [*first.items, *rest.items]
    assert [view.listing.id for view in found] == [listing.id for listing in reversed(own)]
    assert [view.state for view in found] == states
    assert rest.next is None


async def test_finds_listings_by_the_moment_of_their_creation(stall: Stall):
    seller = await stall.someone()
    moments = []
    for cents in (100, 200, 300):
        await stall.listing(seller, cents)
        moments.append(stall.clock())
        stall.clock.advance(hours=1)
    for sort in ListingSort:
        after = await prices(stall, sort, listed=TimeRange(starts_at=moments[0]))
        assert sorted(after) == [200, 300]
    assert await prices(stall, listed=TimeRange(ends_at=moments[1])) == [100]
    assert await prices(stall, listed=TimeRange(moments[0], moments[2])) == [200]


async def test_a_seller_lists_their_listings_by_state_and_period(stall: Stall):
    seller = await stall.someone()
    moments, own = [], []
    for _ in range(4):
        own.append(await stall.listing(seller))
        moments.append(stall.clock())
        stall.clock.advance(hours=1)
    short = await stall.listing(seller, minutes=1)
    await stall.cancel(own[1], seller)
    stall.clock.advance(hours=1)  # ``short`` is over, and nobody has recorded it

    async def found(**wanted) -> list[ListingId]:
        list_my_listings = ListMyListings(stall.database.begin, stall.clock)
        page = await list_my_listings(seller_id=seller, page=PageRequest(), **wanted)
        return [view.listing.id for view in page.items]

    assert await found(state=ListingState.ACTIVE) == [own[3].id, own[2].id, own[0].id]
    assert await found(state=ListingState.CANCELLED) == [own[1].id]
    assert await found(state=ListingState.EXPIRED) == [short.id]
    assert await found(state=ListingState.SOLD) == []
    assert await found(listed=TimeRange(starts_at=moments[2])) == [short.id, own[3].id]
    assert await found(listed=TimeRange(ends_at=moments[1])) == [own[0].id]
    assert await found(listed=TimeRange(moments[0], moments[3])) == [own[2].id, own[1].id]


async def test_listings_of_a_seller_who_does_not_exist_are_refused(stall: Stall):
    nobody = ListingFilter(seller_id=UserId(uuid4()))
    with pytest.raises(UserNotFound):
        await SearchListings(stall.database.begin, stall.clock)(
            filter=nobody, sort=ListingSort.NEWEST, page=PageRequest()
        )
    with pytest.raises(UserNotFound):
        await GetListingFacets(stall.database.begin, stall.clock)(filter=nobody)
