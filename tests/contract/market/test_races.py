"""Races in the market on PostgreSQL: each card is sold once, each key has one result."""

from collections.abc import AsyncIterator

import pytest

from ece_adapters.postgres import PostgresDatabase
from tests.contract.conftest import postgres_database
from tests.contract.ledger.stores import assert_sound
from tests.tally import SCALE

from .crowds import RACES


@pytest.fixture
async def postgres(postgres_server) -> AsyncIterator[PostgresDatabase]:
    async with postgres_database(postgres_server) as database:
        yield database
        await assert_sound(database)


@pytest.mark.timeout(300 * SCALE)
@pytest.mark.parametrize("race", RACES.values(), ids=RACES)
async def test_holds_however_many_are_at_it_at_once(race, postgres, tally):
    await race(postgres, tally)
