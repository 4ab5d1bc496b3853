"""Fingerprints of requests and settlements depend on terms, not on names of fields."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from attrs import frozen

from ece_domain.kernel import USD, Asset, IdempotencyKey, IdempotentRequest, Money, Rate, digest_of

ANN = UUID("0191f3a0-0000-7000-8000-000000000001")
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
FINGERPRINT = "a4cedae068bbd974c941119c1cd4b45630dd31a14ca47286af8743dae466afea"
"""The fingerprint of the request below. It is stored for a month, so it must not change."""


def test_a_fingerprint_never_changes():
    request = IdempotentRequest.of(
        ANN,
        IdempotencyKey("one"),
        "market.create-listing",
        ANN,
        (Money(1_250, USD), None),
        NOON,
        Rate(5),
        Asset("EUR", 2),
        "text",
        True,
    )
    assert request.fingerprint.hex() == FINGERPRINT


@pytest.mark.parametrize(
    ("some", "others"),
    [
        (("a", "b"), ("ab",)),
        (("a", ("b",)), ("a", "b")),
        ((1,), ("1",)),
        ((None,), ("None",)),
        ((None,), ()),
        ((ANN,), (str(ANN),)),
        ((Money(5, USD),), ((5, "USD/2"),)),
        ((Money(5, USD),), (Money(5, Asset("USD", 3)),)),
        ((Rate(5),), (5,)),
        ((USD,), ("USD/2",)),
        ((NOON,), (NOON.isoformat(),)),
        ((True,), (1,)),
    ],
)
def test_terms_that_differ_have_other_digests(some, others):
    assert digest_of(*some) != digest_of(*others)


def test_a_moment_is_the_same_in_every_time_zone():
    there = NOON.astimezone(timezone(timedelta(hours=9)))
    assert digest_of(there) == digest_of(NOON)


@frozen
class Thing:
    name: str


@pytest.mark.parametrize(
    "other", [1.5, [1], {"a": 1}, b"a", Thing("a"), NOON.replace(tzinfo=None)], ids=repr
)
def test_other_types_are_refused(other):
    with pytest.raises(TypeError):
        IdempotentRequest.of(ANN, IdempotencyKey("one"), "test", other)
    with pytest.raises(TypeError):
        IdempotentRequest.of(ANN, IdempotencyKey("one"), "test", (other,))
