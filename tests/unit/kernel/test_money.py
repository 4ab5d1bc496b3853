from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece_domain.kernel import (
    MAX_AMOUNT,
    USD,
    AmountOutOfBounds,
    Asset,
    AssetMismatch,
    InvalidAsset,
    InvalidWeights,
    Money,
    Rate,
    RateOutOfBounds,
)

EUR = Asset("EUR", 2)
amounts = st.integers(-MAX_AMOUNT, MAX_AMOUNT)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any)


def test_an_asset_reads_as_it_is_written():
    assert str(Asset.parse("USD/2")) == "USD/2"
    assert Asset.parse("USD/2") == USD


@pytest.mark.parametrize(
    "text", ["", "USD", "usd/2", "USD/19", "USD/02", "U/2", "USD/-1", "USD/2 "]
)
def test_refuses_invalid_assets(text):
    with pytest.raises(InvalidAsset) as refusal:
        Asset.parse(text)
    assert refusal.value.given == text


def test_an_error_quotes_at_most_64_characters_of_an_invalid_asset():
    with pytest.raises(InvalidAsset) as refusal:
        Asset.parse("U" * 65)
    assert refusal.value.given == "U" * 64


def test_refuses_a_scale_that_no_text_could_name():
    with pytest.raises(InvalidAsset) as refusal:
        Asset("USD", 19)
    assert refusal.value.given == "USD/19"


@given(amounts, amounts)
def test_adding_and_taking_away_are_exact(one, other):
    total = Money(one, USD) + Money(other, USD)

    assert total.amount == one + other
    assert total - Money(other, USD) == Money(one, USD)
    assert (Money(one, USD) < Money(other, USD)) == (one < other)
    assert (Money(one, USD) <= Money(other, USD)) == (one <= other)


@pytest.mark.parametrize(
    "mix",
    [
        lambda: Money(1, USD) + Money(1, EUR),
        lambda: Money(1, USD) - Money(1, EUR),
        lambda: Money(1, USD) < Money(1, EUR),
        lambda: Money(1, USD) <= Money(1, EUR),
    ],
)
def test_assets_never_mix(mix):
    with pytest.raises(AssetMismatch) as refusal:
        mix()
    assert refusal.value.details == {"expected": "USD/2", "given": "EUR/2"}


def test_an_asset_is_the_same_wherever_it_was_read():
    assert Money(1, USD) + Money(1, Asset("USD", 2)) == Money(2, USD)


def test_money_prints_its_asset():
    assert str(Money(1250, USD)) == "1250 USD/2"


def test_bounds_include_their_ends():
    assert Money(1, USD).within(1) == Money(1, USD)
    assert Money(MAX_AMOUNT, USD).within(1) == Money(MAX_AMOUNT, USD)
    for outside in (0, MAX_AMOUNT + 1):
        with pytest.raises(AmountOutOfBounds) as refusal:
            Money(outside, USD).within(1)
        assert refusal.value.details == {
            "amount": Money(outside, USD),
            "min_amount": Money(1, USD),
            "max_amount": Money(MAX_AMOUNT, USD),
        }


@given(amounts, weights)
def test_parts_sum_to_the_whole_and_are_within_one_of_exact(amount, weights):
    parts = Money(amount, USD).split(weights)

    assert sum(part.amount for part in parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount - Fraction(amount * weight, sum(weights))) < 1


def test_the_largest_remainder_gets_the_odd_unit():
    assert Money(100, USD).split([1, 1, 1]) == (Money(34, USD), Money(33, USD), Money(33, USD))
    assert Money(10, USD).split([1, 2, 4]) == (Money(1, USD), Money(3, USD), Money(6, USD))


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_refuses_weights_that_mean_nothing(weights):
    with pytest.raises(InvalidWeights):
        Money(100, USD).split(weights)


@given(st.integers(0, MAX_AMOUNT), st.integers(0, 1_000_000))
def test_a_rate_rounds_half_up(amount, ppm):
    share = Rate(ppm).of(Money(amount, USD)).amount

    assert -Fraction(1, 2) < share - Fraction(amount * ppm, 1_000_000) <= Fraction(1, 2)


def test_half_a_unit_is_rounded_up():
    assert Rate(500_000).of(Money(1, USD)) == Money(1, USD)
    assert Rate(499_999).of(Money(1, USD)) == Money(0, USD)


def test_the_highest_balance_has_its_share_to_the_last_unit():
    whole = Money(10**18 - 1, EUR)

    assert Rate(1_000_000).of(whole) == whole


@pytest.mark.parametrize("ppm", [-1, 1_000_001])
def test_refuses_a_rate_beyond_the_whole(ppm):
    with pytest.raises(RateOutOfBounds) as refusal:
        Rate(ppm)
    assert refusal.value.details == {"ppm": ppm}


@pytest.mark.parametrize(
    ("ppm", "text"),
    [
        (95_000, "9.5 %"),
        (30_000, "3 %"),
        (0, "0 %"),
        (1, "0.0001 %"),
        (1_000_000, "100 %"),
    ],
)
def test_a_rate_prints_as_a_percentage(ppm, text):
    assert str(Rate(ppm)) == text
