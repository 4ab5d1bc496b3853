from datetime import UTC, datetime

import pytest
from attrs import define

from ece_domain.kernel import (
    AssetMismatch,
    Conflict,
    IdempotencyKey,
    IdempotencyKeyReused,
    IdempotentRequest,
    InvalidAsset,
    InvalidIdempotencyKey,
    InvalidInput,
    InvalidPage,
    PageRequest,
)
from tests.clock import SettableClock

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_an_error_has_texts_for_people_and_fields_for_programs():
    error = AssetMismatch(expected="USD/2", given="EUR/2")

    assert error.detail == (
        "Two amounts have different assets. Both must be in USD/2, and one of them is in "
        "EUR/2. Correct the value, then send the request again."
    )
    assert error.details == {"expected": "USD/2", "given": "EUR/2"}
    assert str(error) == (
        "kernel.asset-mismatch: Two amounts have different assets. Both must be in USD/2, and "
        "one of them is in EUR/2. (expected=USD/2, given=EUR/2)"
    )


def test_an_error_without_facts_ends_with_its_cause():
    assert str(IdempotencyKeyReused()).endswith(IdempotencyKeyReused.cause)


def test_the_values_in_a_detail_are_written_for_people():
    @define(slots=False)
    class TooLate(Conflict):
        """It is too late."""

        cause = "It was possible until {until} for {whom}, not {given}."
        until: datetime
        whom: tuple[str, ...]
        given: str

    error = TooLate(datetime(2026, 7, 1, 12, 3, 9, 5, UTC), ("ann", "bob"), "{until}")

    assert error.detail == (
        "It is too late. It was possible until 2026-07-01T12:03:09Z for ann, bob, not {until}."
    )


def test_an_error_has_the_hint_of_its_kind_unless_it_has_its_own():
    assert InvalidAsset(given="usd").detail.endswith(InvalidInput.hint)
    assert InvalidPage().detail.endswith(InvalidPage.hint)
    assert InvalidPage.hint != InvalidInput.hint


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_refuses_a_page_beyond_the_bounds(limit):
    with pytest.raises(InvalidPage):
        PageRequest(limit)


@pytest.mark.parametrize("text", ["", "a b", "x" * 129, "schlüssel", "line\n"])
def test_refuses_a_request_key_that_a_header_could_not_carry(text):
    with pytest.raises(InvalidIdempotencyKey):
        IdempotencyKey(text)


def test_a_fingerprint_differs_between_requests():
    key = IdempotencyKey("k")
    requests = [
        IdempotentRequest.of(NOBODY, key, "market.buy", 1),
        IdempotentRequest.of(NOBODY, key, "market.buy", 2),
        IdempotentRequest.of(NOBODY, key, "market.sell", 1),
        IdempotentRequest.of(NOBODY, key, "market.buy", 1, None),
    ]
    assert len({request.fingerprint for request in requests}) == len(requests)
    assert IdempotentRequest.of(NOBODY, key, "market.buy", 1) == requests[0]


def test_a_settable_clock_advances():
    clock = SettableClock()
    before = clock()

    assert (clock.advance(hours=1) - before).total_seconds() == 3600
