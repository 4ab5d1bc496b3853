"""Bugs that other engines shipped, one by one put into ours: does the simulation see them?

Each takes a ``pytest.MonkeyPatch`` and breaks the code as its name says. The docstring of a bug is
the mistake that a programmer would have made.
"""

from . import identity_bugs, ledger_bugs, market_bugs, store_bugs
from .registry import PLANTED

__all__ = ["PLANTED", "identity_bugs", "ledger_bugs", "market_bugs", "store_bugs"]
