"""Fixtures for all tests."""

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
    """Start the tests with a time limit of their own first, as these are the long ones.

    A long test that started last would run alone while the other workers are idle.
    """
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()
