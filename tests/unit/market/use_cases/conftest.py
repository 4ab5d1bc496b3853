import pytest

from ece_adapters.memory import MemoryDatabase
from tests.clock import SettableClock
from tests.contract.market.stall import Stall


@pytest.fixture
def stall(clock: SettableClock) -> Stall:
    return Stall(MemoryDatabase(), clock)
