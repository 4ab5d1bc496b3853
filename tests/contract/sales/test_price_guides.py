"""Every store's price guide equals ``compute_price_guide``."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.engine.batch import Batch
from ece_adapters.system import new_id
from ece_domain.cards import CardId, ConditionKey, PrintingId, PrintingNotFound
from ece_domain.kernel import USD, Asset, Money
from ece_domain.market import GetPriceGuide, PriceDecline, Pricing
from ece_domain.sales import (
    CURRENT_FEES,
    Ask,
    ExcludedSales,
    ExclusionReason,
    LastSale,
    Royalty,
    Sale,
    SaleId,
    SaleOrigin,
    SaleReceipt,
    TrailingSales,
)
from ece_domain.sales.storage import PricedSale, compute_price_guide
from tests.contract.conftest import postgres_database
from tests.contract.market.stall import Stall, usd, user

EUR = Asset("EUR", 2)
FEES = evolve(CURRENT_FEES, minimum_fees={USD: 25, EUR: 25})
PSA, UNSTATED = ConditionKey("PSA 9"), ConditionKey("unstated")
TRADERS = [user() for _ in range(3)]
DAYS = [0, 1, 6, 7, 29, 30, 89, 90, 91, 119, 120, 400]

trades = st.builds(
    lambda condition, sides, money, days, ticks: (condition, sides, money, days, ticks),
    st.sampled_from([PSA, UNSTATED]),
    st.permutations(TRADERS),
    st.builds(Money, st.integers(1, 9), st.sampled_from([USD, EUR])),
    st.sampled_from(DAYS),
    st.integers(0, 1),
)
asks = st.tuples(st.sampled_from([PSA, ConditionKey("tcgplayer NM")]), st.integers(1, 9))


def at_trade(stall: Stall, given_trade) -> PricedSale:
    condition, (seller, buyer, _), money, days, ticks = given_trade
    ago = timedelta(days=days, microseconds=ticks)
    return PricedSale(condition, seller, buyer, money, stall.clock() - ago)


def sale_of(stall: Stall, printing_id: PrintingId, priced: PricedSale) -> Sale:
    nothing = TrailingSales(stall.clock().date(), stall.clock().date(), 0, Money(0, USD))
    royalty = Royalty(stall.creator, CURRENT_FEES.processing)
    return Sale(
        id=SaleId(new_id()),
        origin=SaleOrigin("listing", new_id()),
        card_id=CardId(new_id()),
        printing_id=printing_id,
        condition=priced.condition,
        seller_id=priced.seller_id,
        buyer_id=priced.buyer_id,
        receipt=SaleReceipt.issue(FEES, priced.price, nothing, royalty),
        sold_at=priced.sold_at,
    )


async def sold(stall: Stall, printing_id: PrintingId, priced: PricedSale) -> Sale:
    sale = sale_of(stall, printing_id, priced)
    async with stall.database.begin() as transaction:
        transaction.sales.add(sale)
    return sale


async def listed(stall: Stall, printing_id: PrintingId, ask: tuple[ConditionKey, int]) -> None:
    condition, cents = ask
    listing = await stall.listing(await stall.someone(), cents)
    async with stall.database.begin() as transaction:
        other = evolve(
            listing, id=new_id(), version=0, printing_id=printing_id, condition=condition
        )
        transaction.listings.save(other)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_trades=st.lists(trades, max_size=12), given_asks=st.lists(asks, max_size=3))
async def test_equals_the_specification(stall: Stall, given_trades, given_asks):
    printing = await stall.printing(await stall.card_set(f"set-{new_id()}"))
    sales = [at_trade(stall, each) for each in given_trades]
    for trade in sales:
        await sold(stall, printing.id, trade)
    for ask in given_asks:
        await listed(stall, printing.id, ask)

    guide = await GetPriceGuide(stall.database.begin, stall.clock)(printing_id=printing.id)

    offered = [Ask(condition, usd(cents)) for condition, cents in given_asks]
    assert guide == compute_price_guide(printing.id, sales, stall.clock()).with_asks(offered)


async def test_follows_real_sales_and_offers(stall: Stall):
    guide_prices = GetPriceGuide(stall.database.begin, stall.clock)
    printing = await stall.printing(await stall.card_set())
    assert (await guide_prices(printing_id=printing.id)).entries == ()

    one, two = await stall.someone(9_000), await stall.someone(9_000)
    start = stall.clock()
    listing = await stall.listing(one, 1_000, printing=printing)
    falling = Pricing(usd(900), PriceDecline(usd(500), start, start + timedelta(hours=1)))
    await stall.listing(one, falling, printing=printing)
    await stall.listing(one, 1, printing=printing, minutes=10)
    stall.clock.advance(minutes=30)
    await stall.buy(listing, two)

    (entry,) = (await guide_prices(printing_id=printing.id)).entries
    assert entry.condition == UNSTATED
    assert entry.lowest_ask == usd(700)
    assert entry.last_sale == LastSale(usd(1_000), stall.clock())
    assert [window.average for window in entry.windows] == [usd(1_000)] * 3

    back = await stall.listing(two, 2_000, card=listing.card_id)
    await stall.buy(back, one)
    (entry,) = (await guide_prices(printing_id=printing.id)).entries
    assert entry.last_sale is None
    assert entry.excluded == (ExcludedSales(ExclusionReason.BACK_AND_FORTH, 2),)


async def test_of_two_last_sales_at_one_moment_the_dearer_is_shown(stall: Stall):
    printing = await stall.printing(await stall.card_set())
    one, two, three = TRADERS
    for buyer, cents in ((two, 100), (three, 300), (two, 200)):
        await sold(stall, printing.id, PricedSale(PSA, one, buyer, usd(cents), stall.clock()))

    guide = await GetPriceGuide(stall.database.begin, stall.clock)(printing_id=printing.id)

    assert guide.entries[0].last_sale == LastSale(usd(300), stall.clock())


@pytest.mark.parametrize(("days", "is_excluded"), [(90, True), (90.01, False)])
async def test_opposite_sales_within_90_days_are_left_out(stall: Stall, days, *, is_excluded):
    printing = await stall.printing(await stall.card_set())
    one, two, _ = TRADERS
    earlier = stall.clock() - timedelta(days=days)
    await sold(stall, printing.id, PricedSale(PSA, one, two, usd(100), earlier))
    await sold(stall, printing.id, PricedSale(PSA, two, one, usd(100), stall.clock()))

    guide = await GetPriceGuide(stall.database.begin, stall.clock)(printing_id=printing.id)

    last = None if is_excluded else LastSale(usd(100), stall.clock())
    assert guide.entries[0].last_sale == last


async def test_a_printing_that_is_not_there_is_not_found(stall: Stall):
    with pytest.raises(PrintingNotFound):
        await GetPriceGuide(stall.database.begin, stall.clock)(printing_id=PrintingId(new_id()))


@pytest.fixture
async def postgres(postgres_server) -> AsyncIterator[PostgresDatabase]:
    async with postgres_database(postgres_server) as database:
        yield database


async def test_opposite_sales_at_the_same_moment_are_both_left_out(postgres, clock):
    """In two assets, so that no account is in both."""
    stall = Stall(postgres, clock)
    printing = await stall.printing(await stall.card_set())
    one, two, _ = TRADERS
    there = sale_of(stall, printing.id, PricedSale(PSA, one, two, usd(100), clock()))
    back = PricedSale(PSA, two, one, Money(200, EUR), clock())
    async with postgres.begin() as transaction:
        transaction.sales.add(there)
        sql, arguments = transaction.unit.batch.statement()
        await transaction.unit.fetch_row_for_update(sql, *arguments)  # sent, and not yet committed
        transaction.unit.batch = Batch()
        other = asyncio.create_task(sold(stall, printing.id, back))
        await asyncio.sleep(0.2)
    await other

    guide = await GetPriceGuide(postgres.begin, clock)(printing_id=printing.id)
    assert [entry.last_sale for entry in guide.entries] == [None, None]
    assert [entry.excluded[0].sales for entry in guide.entries] == [1, 1]
