"""Fixtures of the tests of identity."""

import pytest

from ece_adapters.memory import MemoryDatabase
from tests.contract.identity.office import (
    Identity,
)


@pytest.fixture
def exchange(database, clock):
    return Identity(database, clock, set())


@pytest.fixture
def outbox(database):
    """Returns the kinds of all committed events, in their order."""

    async def kinds():
        if isinstance(database, MemoryDatabase):
            return [published.event.kind for published in database.outbox]
        async with database.begin() as transaction:
            rows = await transaction.unit.fetch("SELECT kind FROM outbox ORDER BY number")
        return [row["kind"] for row in rows]

    return kinds
