"""Bugs that other engines shipped, planted one by one; the simulation must find each.

Each takes a ``pytest.MonkeyPatch`` and breaks the code. Its docstring is the mistake of the
programmer.
"""

from . import identity_bugs, ledger_bugs, market_bugs, store_bugs
from .registry import PLANTED

__all__ = ["PLANTED", "identity_bugs", "ledger_bugs", "market_bugs", "store_bugs"]
