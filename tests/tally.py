"""What a proof met on its way, each figure with the floor below which it proved nothing.

``make test`` runs every proof at scale 1; ``make proof`` runs the same tests with an
``ECE_PROOF_SCALE`` that each of them has of its own, and gathers the figures on a page.
"""

import os
from collections.abc import Callable

import pytest
from attrs import frozen

SCALE = int(os.environ.get("ECE_PROOF_SCALE", "1"))
"""How many times more than at every change a proof is to try."""


@frozen
class Tally:
    """Hands figures to pytest's report, where ``tests.proof`` finds them."""

    _record: Callable[[str, object], None]

    def count(self, what: str, seen: int, *, at_least: int = 0) -> None:
        """Note how often something happened, and insist on its floor."""
        self._record(what, f"{seen} >= {at_least}")
        assert seen >= at_least, f"{what}: {seen}, at least {at_least} are needed to prove anything"


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    return Tally(record_property)
