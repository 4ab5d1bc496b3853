import pytest

from ece_adapters.memory import MemoryDatabase
from tests.clock import SettableClock
from tests.teller import Teller


@pytest.fixture
def teller(clock: SettableClock) -> Teller:
    return Teller(MemoryDatabase(), clock)
