"""Receipts of sales never change, and only their parties and operators see them."""

from datetime import timedelta

import pytest
from attrs import evolve

from ece_adapters.system import new_id
from ece_domain.identity import OPERATORS, Actor, Role, UserId
from ece_domain.kernel import Asset, InvalidPage, Money, PageRequest, TimeRange
from ece_domain.market import ListingId, ListingNotFound
from ece_domain.sales import (
    CURRENT_FEES,
    GetSale,
    ListMySales,
    Sale,
    SaleId,
    SaleNotFound,
    SaleOrigin,
    SaleReceipt,
    SaleSide,
    SellerLevel,
)
from ece_domain.sales.storage import TrailingPeriod
from tests.contract.market.stall import Stall, usd, user

DAY = timedelta(days=1)


async def sold_before(stall: Stall, sale: Sale, ago: timedelta, price: Money) -> None:
    """The same sale, but older."""
    receipt = SaleReceipt.issue(
        CURRENT_FEES, price, sale.receipt.trailing_sales, sale.receipt.royalty
    )
    if price.asset != sale.price.asset:
        receipt = evolve(receipt, price=price)
    earlier = evolve(
        sale,
        id=SaleId(new_id()),
        origin=SaleOrigin("listing", new_id()),
        receipt=receipt,
        sold_at=stall.clock() - ago,
    )
    async with stall.database.begin() as transaction:
        transaction.sales.add(earlier)


async def a_sale(stall: Stall, seller: UserId, cents: int = 1_000) -> Sale:
    listing = await stall.listing(seller, cents)
    return (await stall.buy(listing, await stall.someone(cents))).value


async def test_a_receipt_names_its_inputs_and_replays(stall: Stall):
    receipt = (await a_sale(stall, await stall.someone())).receipt
    assert receipt.royalty.creator_id == stall.creator
    assert receipt.schedule == CURRENT_FEES.version
    assert receipt.replay() == receipt


async def test_the_90_closed_days_before_today_make_the_level(stall: Stall):
    seller = await stall.someone()
    sale = await a_sale(stall, seller)
    midnight = stall.clock() - TrailingPeriod.before(stall.clock()).ends_at
    for ago in (
        timedelta(0),
        midnight,  # the first instant of today
        midnight + timedelta(microseconds=1),  # the last of yesterday
        midnight + 90 * DAY,  # the first of the period
        midnight + 90 * DAY + timedelta(microseconds=1),
    ):
        await sold_before(stall, sale, ago, usd(700_00))
    await sold_before(stall, evolve(sale, seller_id=user()), 2 * DAY, usd(700_00))

    receipt = (await a_sale(stall, seller)).receipt
    assert (receipt.trailing_sales.sales_count, receipt.trailing_sales.volume, receipt.level) == (
        2,
        usd(1_400_00),
        1,
    )

    await sold_before(stall, sale, DAY, usd(100_00))
    receipt = (await a_sale(stall, seller)).receipt
    assert (receipt.trailing_sales.sales_count, receipt.trailing_sales.volume, receipt.level) == (
        3,
        usd(1_500_00),
        2,
    )


async def test_sales_beyond_the_highest_level_are_not_counted(stall: Stall):
    seller = await stall.someone()
    listing = await stall.listing(seller)
    sale = await a_sale(stall, seller)
    top = SellerLevel(2, 2, usd(10**9), CURRENT_FEES.processing)
    fees = evolve(CURRENT_FEES, levels=(CURRENT_FEES.levels[0], top))
    for ago, cents in ((3 * DAY, 1), (2 * DAY, 20), (DAY, 300)):
        await sold_before(stall, sale, ago, usd(cents))
    async with stall.database.begin() as transaction:
        terms = await transaction.listings.purchase_terms(listing.id, fees, stall.clock())
    assert (terms.trailing_sales.sales_count, terms.trailing_sales.volume) == (2, usd(320))


async def test_volume_counts_one_asset(stall: Stall):
    seller = await stall.someone()
    sale = await a_sale(stall, seller)
    fees = evolve(CURRENT_FEES, minimum_fees={Asset("EUR", 2): 0})
    euros = SaleReceipt.issue(
        fees, Money(500, Asset("EUR", 2)), sale.receipt.trailing_sales, sale.receipt.royalty
    )
    earlier = evolve(
        sale,
        id=SaleId(new_id()),
        origin=SaleOrigin("listing", new_id()),
        receipt=euros,
        sold_at=sale.sold_at - DAY,
    )
    async with stall.database.begin() as transaction:
        transaction.sales.add(earlier)
    receipt = (await a_sale(stall, seller)).receipt
    assert (receipt.trailing_sales.sales_count, receipt.trailing_sales.volume) == (1, usd(0))


async def test_terms_of_a_listing_that_is_not_there_are_not_found(stall: Stall):
    async with stall.database.begin() as transaction:
        with pytest.raises(ListingNotFound):
            await transaction.listings.purchase_terms(
                ListingId(new_id()), CURRENT_FEES, stall.clock()
            )


async def test_s23_a_sale_is_shown_to_its_two_sides_and_to_operators(stall: Stall):
    show = GetSale(stall.database.begin)
    sale = await a_sale(stall, await stall.someone())
    for reader in (sale.seller_id, sale.buyer_id):
        assert await show(sale_id=sale.id, actor=Actor(reader, Role.COLLECTOR)) == sale
    for role in OPERATORS:
        assert await show(sale_id=sale.id, actor=Actor(user(), role)) == sale
    for role in set(Role) - OPERATORS:
        with pytest.raises(SaleNotFound):
            await show(sale_id=sale.id, actor=Actor(user(), role))
    with pytest.raises(SaleNotFound):
        await show(sale_id=SaleId(new_id()), actor=Actor(sale.buyer_id, Role.ADMIN))


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_s23_everybody_reads_their_own_trades_newest_first(stall: Stall, limit):
    trader, other = await stall.someone(10_000), await stall.someone(10_000)
    expected: list[tuple[Sale, SaleSide]] = []
    for number in range(6):
        seller, buyer = (trader, other) if number % 2 else (other, trader)
        listing = await stall.listing(seller, 100 + number)
        side = SaleSide.SELLER if number % 2 else SaleSide.BUYER
        expected.insert(0, ((await stall.buy(listing, buyer)).value, side))
        if number % 3:
            stall.clock.advance(seconds=1)
    await a_sale(stall, user())
    expected.sort(key=lambda sold: (sold[0].sold_at, sold[0].id), reverse=True)

    list_my_sales = ListMySales(stall.database.begin)
    for side in (None, SaleSide.SELLER, SaleSide.BUYER):
        found: list[Sale] = []
        page = PageRequest(limit=limit)
        while True:
            part = await list_my_sales(trader_id=trader, side=side, page=page)
            assert len(part.items) <= limit
            found += part.items
            if part.next is None:
                break
            page = PageRequest(limit=limit, after=part.next)
        assert found == [sale for sale, at in expected if side in {None, at}]


async def test_refuses_a_position_of_another_list(stall: Stall):
    with pytest.raises(InvalidPage):
        await ListMySales(stall.database.begin)(
            trader_id=user(), side=None, page=PageRequest(after=("x",))
        )


async def test_a_trader_lists_the_sales_of_a_period(stall: Stall):
    trader, other = await stall.someone(10_000), await stall.someone(10_000)
    sold: list[Sale] = []
    for seller, buyer in ((trader, other), (other, trader), (trader, other)):
        sold.append((await stall.buy(await stall.listing(seller), buyer)).value)
        stall.clock.advance(hours=1)
    first, second, third = sold

    async def found(after: Sale | None, before: Sale | None, limit: int = 25) -> list[Sale]:
        times = TimeRange(after and after.sold_at, before and before.sold_at)
        page = PageRequest(limit=limit)
        part = await ListMySales(stall.database.begin)(
            trader_id=trader, side=None, sold=times, page=page
        )
        return list(part.items)

    assert await found(None, None) == [third, second, first]
    assert await found(first, None) == [third, second]
    assert await found(None, third) == [second, first]
    assert await found(first, third) == [second]
    assert await found(first, None, limit=1) == [third]
