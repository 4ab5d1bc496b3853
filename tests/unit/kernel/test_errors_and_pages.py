import pytest

from ece_domain.kernel import (
    AssetMismatch,
    InvalidPage,
    InvalidRequestKey,
    KeyReused,
    PageRequest,
    Request,
    RequestKey,
)
from tests.clock import SettableClock

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_an_error_tells_people_and_programs_what_happened():
    error = AssetMismatch(expected="USD/2", given="EUR/2")

    assert error.detail == "Amounts of two assets do not mix."
    assert error.facts == {"expected": "USD/2", "given": "EUR/2"}
    assert str(error) == (
        "kernel.asset-mismatch: Amounts of two assets do not mix. (expected=USD/2, given=EUR/2)"
    )


def test_an_error_without_facts_ends_with_its_sentence():
    assert str(KeyReused()).endswith("for another request.")


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_refuses_a_page_beyond_the_bounds(limit):
    with pytest.raises(InvalidPage):
        PageRequest(limit)


@pytest.mark.parametrize("text", ["", "a b", "x" * 129, "schlüssel", "line\n"])
def test_refuses_a_request_key_that_a_header_could_not_carry(text):
    with pytest.raises(InvalidRequestKey):
        RequestKey(text)


def test_a_fingerprint_tells_requests_apart():
    key = RequestKey("k")
    requests = [
        Request.of(NOBODY, key, "market.buy", 1),
        Request.of(NOBODY, key, "market.buy", 2),
        Request.of(NOBODY, key, "market.sell", 1),
        Request.of(NOBODY, key, "market.buy", 1, None),
    ]
    assert len({request.fingerprint for request in requests}) == len(requests)
    assert Request.of(NOBODY, key, "market.buy", 1) == requests[0]


def test_a_settable_clock_moves_when_told():
    clock = SettableClock()
    before = clock()

    assert (clock.advance(hours=1) - before).total_seconds() == 3600
