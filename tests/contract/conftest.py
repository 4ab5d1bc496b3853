"""The stores; every test of this folder runs against each of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import pytest

from ece_adapters.memory import MemoryDatabase
from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.engine.server import PostgresServer
from tests.postgres_fixture import migrated_database

Database: TypeAlias = MemoryDatabase | PostgresDatabase

STORES = ["memory", "postgres"]


@pytest.fixture(params=STORES)
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """An empty exchange, in each store in turn."""
    if request.param == "memory":
        yield MemoryDatabase()
        return
    async with postgres_database(request.getfixturevalue("postgres_server")) as postgres:
        yield postgres


@asynccontextmanager
async def postgres_database(server: PostgresServer) -> AsyncIterator[PostgresDatabase]:
    """An empty exchange in a new PostgreSQL database."""
    async with migrated_database(server) as url:
        postgres = PostgresDatabase(url)
        await postgres.open()
        try:
            yield postgres
        finally:
            await postgres.close()
