"""One test exchange for all hostile runs; each test finds it with users only."""

from collections.abc import Iterator

import pytest

from tests.hostile.town import Town


@pytest.fixture(scope="session")
def whole_town() -> Iterator[Town]:
    town = Town()
    yield town
    town.close()


@pytest.fixture
def town(whole_town: Town) -> Town:
    whole_town.empty()
    return whole_town
