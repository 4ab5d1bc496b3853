"""What every test may ask for."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.clock import SettableClock

pytest_plugins = ["tests.named_errors", "tests.postgres_fixture", "tests.tally"]

# A busy machine is no fault of the code. Where a change is judged, the examples are always the
# same; everywhere else each run looks for new ones.
settings.register_profile(
    "ece",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("ece")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the tests that have a time limit of their own first: these are the long ones.

    One that started late would run alone at the end, while the other workers have nothing to do.
    """
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()
