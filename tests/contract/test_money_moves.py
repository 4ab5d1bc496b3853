"""The former path of the tests of money moves, which the check before a landing still names.

To be removed with that mention: the tests live in ``tests/contract/ledger/test_money_moves.py``.
"""

from tests.contract.ledger.test_money_moves import *  # noqa: F403 - whatever tests there are
