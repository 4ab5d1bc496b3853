from datetime import UTC, datetime, timedelta
from statistics import mean, median
from uuid import UUID

from attrs import evolve

from ece_domain.cards import ConditionKey, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import USD, Asset, Money
from ece_domain.sales import (
    Ask,
    ExcludedSales,
    ExclusionReason,
    GuideEntry,
    GuideWindow,
    LastSale,
    PriceGuide,
)
from ece_domain.sales.storage import PricedSale, compute_price_guide

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
PRINTING = PrintingId(UUID(int=9))
EUR = Asset("EUR", 2)


def user(number: int) -> UserId:
    return UserId(UUID(int=number))


def trade(
    price: int, ago: timedelta, *, seller: int = 1, buyer: int = 2, condition: str = "PSA 9"
) -> PricedSale:
    return PricedSale(
        ConditionKey(condition), user(seller), user(buyer), Money(price, USD), NOW - ago
    )


def guide(*trades: PricedSale, asks: tuple[Ask, ...] = ()) -> PriceGuide:
    return compute_price_guide(PRINTING, trades, NOW).with_asks(asks)


def entry(*trades: PricedSale) -> GuideEntry:
    (only,) = guide(*trades).entries
    return only


def counts(*trades: PricedSale) -> list[int]:
    return [window.sales for window in entry(*trades).windows]


def test_a_printing_without_listings_and_sales_has_no_entries():
    assert guide() == PriceGuide(PRINTING, NOW, ())


def test_has_the_lowest_ask_of_each_condition_and_asset():
    asks = (
        Ask(ConditionKey("PSA 9"), Money(300, USD)),
        Ask(ConditionKey("PSA 9"), Money(200, USD)),
        Ask(ConditionKey("PSA 9"), Money(250, USD)),
        Ask(ConditionKey("PSA 9"), Money(100, EUR)),
        Ask(ConditionKey("PSA 10"), Money(900, USD)),
        Ask(ConditionKey("PSA 10"), Money(400, Asset("CHF", 2))),
        Ask(ConditionKey("PSA 10"), Money(90_000, Asset("JPY", 0))),
        Ask(ConditionKey("PSA 10"), Money(800, EUR)),
    )
    found = [
        (str(each.condition), str(each.asset), each.lowest_ask) for each in guide(asks=asks).entries
    ]
    assert found == [
        ("PSA 10", "CHF/2", Money(400, Asset("CHF", 2))),
        ("PSA 10", "EUR/2", Money(800, EUR)),
        ("PSA 10", "JPY/0", Money(90_000, Asset("JPY", 0))),
        ("PSA 10", "USD/2", Money(900, USD)),
        ("PSA 9", "EUR/2", Money(100, EUR)),
        ("PSA 9", "USD/2", Money(200, USD)),
    ]


def test_an_ask_is_in_the_entry_of_its_sales():
    asks = (Ask(ConditionKey("PSA 9"), Money(7, USD)), Ask(ConditionKey("PSA 8"), Money(5, USD)))
    asked, both = guide(trade(9, DAY), asks=asks).entries
    assert (asked.lowest_ask, asked.last_sale) == (Money(5, USD), None)
    assert [window.sales for window in asked.windows] == [0, 0, 0]
    assert both == evolve(entry(trade(9, DAY)), lowest_ask=Money(7, USD))


def test_a_window_is_the_latest_so_many_days_without_its_first_instant():
    assert counts(trade(1, DAY - TICK)) == [1, 1, 1]
    assert counts(trade(1, DAY)) == [0, 1, 1]
    assert counts(trade(1, 7 * DAY)) == [0, 0, 1]
    assert counts(trade(1, 30 * DAY)) == [0, 0, 0]


def test_averages_and_medians_are_rounded_half_up():
    prices = [1, 2, 4, 100]
    found = entry(*(trade(price, TICK, buyer=price + 1) for price in prices)).windows[0]
    assert (mean(prices), median(prices)) == (26.75, 3)
    assert found == GuideWindow(1, 4, Money(27, USD), Money(3, USD))
    found = entry(trade(1, TICK), trade(2, TICK, buyer=3)).windows[0]
    assert found == GuideWindow(1, 2, Money(2, USD), Money(2, USD))  # 1.5 twice
    found = entry(trade(1, TICK), trade(1, TICK), trade(2, TICK)).windows[0]
    assert found == GuideWindow(1, 3, Money(1, USD), Money(1, USD))  # 1.33 and 1
    found = entry(trade(1, TICK), trade(5, TICK), trade(9, TICK)).windows[0]
    assert found == GuideWindow(1, 3, Money(5, USD), Money(5, USD))


def test_the_last_sale_may_be_older_than_every_window():
    found = entry(trade(5, 400 * DAY), trade(4, 500 * DAY))
    assert found.last_sale == LastSale(Money(5, USD), NOW - 400 * DAY)
    assert found.windows[-1] == GuideWindow(30, 0, None, None)


def test_cards_that_go_back_and_forth_do_not_count():
    there, back = trade(900, 3 * DAY), trade(990, 2 * DAY, seller=2, buyer=1)
    honest = trade(100, 4 * DAY, buyer=3)
    found = entry(there, back, honest)
    assert [window.sales for window in found.windows] == [0, 1, 1]
    assert found.last_sale == LastSale(Money(100, USD), NOW - 4 * DAY)
    assert found.excluded == (ExcludedSales(ExclusionReason.BACK_AND_FORTH, 2),)


def test_going_back_in_another_condition_is_going_back_too():
    there = trade(900, 3 * DAY, condition="unstated")
    back = trade(990, 2 * DAY, seller=2, buyer=1, condition="PSA 9")
    assert [each.last_sale for each in guide(there, back).entries] == [None, None]


def test_90_days_apart_is_back_and_forth_and_a_tick_more_is_not():
    there = trade(900, 91 * DAY)
    back = trade(990, DAY, seller=2, buyer=1)
    assert counts(there, back) == [0, 0, 0]
    assert counts(trade(900, 91 * DAY + TICK), back) == [0, 1, 1]


def test_excluded_sales_are_those_of_the_longest_window():
    there, back = trade(900, 40 * DAY), trade(990, 35 * DAY, seller=2, buyer=1)
    assert entry(there, back).excluded == ()
    back = trade(990, 29 * DAY, seller=2, buyer=1)
    assert entry(there, back).excluded == (ExcludedSales(ExclusionReason.BACK_AND_FORTH, 1),)


def test_selling_the_same_way_twice_is_no_back_and_forth():
    assert counts(trade(1, TICK), trade(2, TICK)) == [2, 2, 2]
