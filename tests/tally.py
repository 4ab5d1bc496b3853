"""Counters of proof tests, each with a minimum below which the test proves nothing.

``make test`` runs the proof tests at scale 1; ``make proof`` runs each layer with its own
``ECE_PROOF_SCALE``, and writes the counters to a page.
"""

import os
from collections.abc import Callable

import pytest
from attrs import frozen

SCALE = int(os.environ.get("ECE_PROOF_SCALE", "1"))
"""The factor by which ``make proof`` enlarges a test."""


@frozen
class Tally:
    """Writes counters to pytest's report, from which ``tests.proof`` reads them."""

    _record: Callable[[str, object], None]

    def count(self, what: str, seen: int, *, at_least: int = 0) -> None:
        """Record a counter, and fail if it is below its minimum."""
        self._record(what, f"{seen} >= {at_least}")
        assert seen >= at_least, f"{what}: {seen}, at least {at_least} are needed to prove anything"


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    return Tally(record_property)
