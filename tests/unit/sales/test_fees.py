"""Fees by seller level, as in StockX's published table (stockx.com, "fees for sellers")."""

import time
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given

from ece_domain.identity import UserId
from ece_domain.kernel import USD, Asset, Money, Rate
from ece_domain.sales import (
    CURRENT_FEES,
    SCHEDULES,
    AssetNotAccepted,
    FeeLine,
    FeeRule,
    Royalty,
    SaleReceipt,
    TrailingSales,
)
from ece_domain.sales.storage import TrailingPeriod
from tests.strategies.sales import prices, receipts, royalties, trailing_sales

CREATOR = UserId(UUID(int=7))
STOCKX = [
    (1, 0, 0, "9 %"),
    (2, 12, 1500, "8.5 %"),
    (3, 40, 5000, "8 %"),
    (4, 200, 25000, "7.5 %"),
    (5, 800, 100000, "7 %"),
]
"""Level, quarterly sales, quarterly US dollars, transaction fee."""


def trailing(sales: int = 0, volume: int = 0) -> TrailingSales:
    return TrailingSales(date(2026, 4, 2), date(2026, 7, 1), sales, Money(volume, USD))


def fees_of(price: int, royalty_ppm: int = 0) -> dict[FeeRule, int]:
    royalty = Royalty(CREATOR, Rate(royalty_ppm))
    lines = CURRENT_FEES.charge(Money(price, USD), trailing(), royalty)
    return {line.rule: line.fee.amount for line in lines}


def test_has_the_levels_of_the_published_table():
    levels = [
        (level.number, level.sales, level.volume.amount // 100, str(level.rate))
        for level in SCHEDULES[1].levels
    ]
    assert levels == STOCKX
    assert str(SCHEDULES[1].processing) == "3 %"


@pytest.mark.parametrize(("level", "sales", "dollars", "_rate"), STOCKX)
def test_a_level_is_reached_by_sales_or_by_volume(level, sales, dollars, _rate):
    assert CURRENT_FEES.level_of(trailing(sales=sales)).number == level
    assert CURRENT_FEES.level_of(trailing(volume=dollars * 100)).number == level
    if level > 1:
        below = trailing(sales - 1, dollars * 100 - 1)
        assert CURRENT_FEES.level_of(below).number == level - 1


def test_a_schedule_may_know_one_level_only():
    schedule = evolve(CURRENT_FEES, levels=CURRENT_FEES.levels[:1])
    assert schedule.level_of(trailing(sales=1_000)) == CURRENT_FEES.levels[0]
    assert (schedule.volume_asset, schedule.enough_sales) == (USD, 0)


def test_takes_rates_of_the_price():
    assert fees_of(10_000, royalty_ppm=25_000) == {
        FeeRule.TRANSACTION: 900,
        FeeRule.PROCESSING: 300,
        FeeRule.ROYALTY: 250,
    }


def test_rounds_each_fee_half_up():
    assert fees_of(1_050)[FeeRule.TRANSACTION] == 95  # 94.5
    assert fees_of(1_049)[FeeRule.TRANSACTION] == 94  # 94.41


def test_is_the_minimum_if_the_rate_is_less():
    assert fees_of(100) == {FeeRule.TRANSACTION: 25, FeeRule.PROCESSING: 3, FeeRule.ROYALTY: 0}


@pytest.mark.parametrize(
    ("price", "transaction", "processing"), [(1, 1, 0), (25, 25, 0), (26, 25, 1)]
)
def test_takes_no_more_than_the_price(price, transaction, processing):
    assert fees_of(price, royalty_ppm=100_000) == {
        FeeRule.TRANSACTION: transaction,
        FeeRule.PROCESSING: processing,
        FeeRule.ROYALTY: 0,
    }


def test_each_line_has_all_inputs_of_its_fee():
    schedule = evolve(CURRENT_FEES, version=9)
    lines = schedule.charge(Money(100, USD), trailing(sales=12), Royalty(CREATOR, Rate(20_000)))
    assert lines == (
        FeeLine(FeeRule.TRANSACTION, 9, Rate(85_000), Money(25, USD), Money(25, USD)),
        FeeLine(FeeRule.PROCESSING, 9, Rate(30_000), Money(0, USD), Money(3, USD)),
        FeeLine(FeeRule.ROYALTY, 9, Rate(20_000), Money(0, USD), Money(2, USD)),
    )


def test_refuses_an_asset_without_a_minimum_fee():
    with pytest.raises(AssetNotAccepted) as refusal:
        CURRENT_FEES.minimum_fee(Asset("EUR", 2))
    assert refusal.value.asset == "EUR/2"


@given(prices, trailing_sales(), royalties)
def test_fees_and_proceeds_are_the_price(price, seller_trailing, royalty):
    receipt = SaleReceipt.issue(CURRENT_FEES, price, seller_trailing, royalty)
    fees = sum(line.fee.amount for line in receipt.lines)
    shares = (receipt.proceeds, receipt.commission, receipt.royalty_paid)

    assert fees + receipt.proceeds.amount == price.amount
    assert sum(share.amount for share in shares) == price.amount
    assert all(share.amount >= 0 for share in shares)
    assert all(line.fee.amount >= 0 for line in receipt.lines)


@given(receipts)
def test_a_receipt_replays_to_the_same_numbers(receipt):
    assert receipt.replay() == receipt


def test_a_replay_notices_a_number_that_was_changed():
    receipt = SaleReceipt.issue(
        CURRENT_FEES, Money(999, USD), trailing(), Royalty(CREATOR, Rate(0))
    )
    forged = evolve(receipt, proceeds=Money(1, USD))
    assert forged.replay() != forged


def test_a_quarter_is_the_90_closed_utc_days_before_today():
    period = TrailingPeriod.before(datetime(2026, 7, 1, 0, 0, 0, tzinfo=UTC))
    assert (period.since, period.until) == (date(2026, 4, 2), date(2026, 7, 1))
    assert period == TrailingPeriod.before(datetime(2026, 7, 1, 23, 59, 59, 999999, tzinfo=UTC))
    assert period.starts_at == datetime(2026, 4, 2, tzinfo=UTC)
    assert period.ends_at == datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(params=["Asia/Tokyo", "America/Los_Angeles"])
def _elsewhere(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_elsewhere")
def test_a_trailing_period_does_not_depend_on_the_time_zone_of_the_machine():
    test_a_quarter_is_the_90_closed_utc_days_before_today()
