import pytest

from tests.contract.market.stall import Stall


@pytest.fixture
def stall(database, clock) -> Stall:
    return Stall(database, clock)
