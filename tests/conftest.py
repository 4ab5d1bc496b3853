"""What every test may ask for."""

import pytest

from tests.clock import SettableClock

pytest_plugins = ["tests.postgres_fixture"]


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()
