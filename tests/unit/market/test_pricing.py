"""A declining price follows Seaport's rule: linear by elapsed time, rounded up for the buyer."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece_domain.kernel import MAX_AMOUNT, USD, AmountOutOfBounds, Asset, AssetMismatch, Money
from ece_domain.market import InvalidPriceDecline, PriceDecline, Pricing
from tests.strategies.identity import moments
from tests.strategies.market import pricings

START = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def usd(amount: int) -> Money:
    return Money(amount, USD)


def falling(price: int, floor: int, lasting: timedelta = HOUR) -> Pricing:
    return Pricing(usd(price), PriceDecline(usd(floor), START, START + lasting))


@pytest.mark.parametrize(
    ("minutes", "price"),
    [(-60, 1000), (0, 1000), (15, 875), (30, 750), (45, 625), (60, 500), (600, 500)],
)
def test_declines_in_a_straight_line_between_its_ends(minutes, price):
    assert falling(1000, 500).at(START + timedelta(minutes=minutes)) == usd(price)


def test_rounds_the_price_up():
    third = timedelta(minutes=20)
    assert falling(101, 1).at(START + third) == usd(68)  # exactly 67 2/3
    assert falling(2, 1).at(START + HOUR - timedelta(microseconds=1)) == usd(2)


def test_a_fixed_price_stays():
    assert Pricing(usd(5)).at(START) == usd(5)


@given(pricings(), moments)
def test_is_within_one_unit_above_the_exact_line(pricing, moment):
    price = pricing.at(moment).amount
    if pricing.decline is None:
        assert price == pricing.price.amount
        return
    decline = pricing.decline
    moment = min(max(moment, decline.starts_at), decline.ends_at)
    gone = Fraction(
        (moment - decline.starts_at) // timedelta(microseconds=1),
        (decline.ends_at - decline.starts_at) // timedelta(microseconds=1),
    )
    exact = pricing.price.amount + gone * (decline.floor.amount - pricing.price.amount)
    assert 0 <= price - exact < 1


@given(pricings(), st.lists(moments, min_size=2))
def test_never_rises(pricing, times):
    prices = [pricing.at(moment).amount for moment in sorted(times)]
    assert prices == sorted(prices, reverse=True)


@pytest.mark.parametrize("amount", [-1, 0, MAX_AMOUNT + 1])
def test_refuses_prices_out_of_bounds(amount):
    with pytest.raises(AmountOutOfBounds):
        Pricing(usd(amount))
    with pytest.raises(AmountOutOfBounds):
        falling(10, amount)


def test_takes_the_bounds_themselves():
    assert Pricing(usd(1)).at(START) == usd(1)
    assert falling(MAX_AMOUNT, 1).at(START) == usd(MAX_AMOUNT)


@pytest.mark.parametrize(
    ("price", "floor", "lasting"),
    [(10, 10, HOUR), (10, 11, HOUR), (10, 5, timedelta(0)), (10, 5, -HOUR)],
)
def test_refuses_a_decline_that_does_not_decline(price, floor, lasting):
    with pytest.raises(InvalidPriceDecline):
        falling(price, floor, lasting)


def test_refuses_a_floor_in_another_asset():
    with pytest.raises(AssetMismatch):
        Pricing(usd(10), PriceDecline(Money(5, Asset("EUR", 2)), START, START + HOUR))
