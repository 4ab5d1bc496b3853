"""Only public lists are read from a replica."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from attrs import frozen
from dependency_injector import providers

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.engine.server import PostgresServer
from ece_domain.kernel import Page, PageRequest
from ece_domain.market import ListingFilter, ListingSort
from ece_entrypoints.wiring.exchange import Exchange, opened
from ece_entrypoints.wiring.settings import PasswordCost, Settings
from tests.clock import SettableClock
from tests.contract.market.stall import Stall
from tests.postgres_fixture import migrated_database

from .replica import at_port, caught_up, replica_of

PAGE = PageRequest()


@frozen
class Pair:
    primary: str
    replica: str


@pytest.fixture
async def pair(postgres_server: PostgresServer) -> AsyncIterator[Pair]:
    async with migrated_database(postgres_server) as primary:
        with replica_of(postgres_server) as port:
            replica = at_port(primary, port)
            await caught_up(primary, replica)
            yield Pair(primary, replica)


@pytest.fixture
async def exchange(pair: Pair, clock: SettableClock, tmp_path: Path) -> AsyncIterator[Exchange]:
    exchange = Exchange(
        settings=Settings(
            database_url=pair.primary,
            database_replica_url=pair.replica,
            secret_file=tmp_path / "secret",
            password_cost=PasswordCost.toy,
        ),
        clock=providers.Object(clock),
    )
    async with opened(exchange):
        yield exchange


async def test_public_lists_are_read_from_the_replica_and_own_ones_from_the_primary(
    pair: Pair, exchange: Exchange, clock: SettableClock
):
    replica = await asyncpg.connect(pair.replica)
    stall = Stall(exchange.database(), clock)
    seller = await stall.someone(500)
    await caught_up(pair.primary, pair.replica)
    await replica.execute("SELECT pg_wal_replay_pause()")

    listing = await stall.listing(seller)

    browse = exchange.market.search_listings()
    everything = {"filter": ListingFilter(), "sort": ListingSort.NEWEST, "page": PAGE}
    assert await browse(**everything) == Page(())
    shown = await exchange.market.get_listing()(listing_id=listing.id)
    assert (await exchange.market.list_my_listings()(seller_id=seller, page=PAGE)).items == (shown,)
    await replica.execute("SELECT pg_wal_replay_resume()")
    await replica.close()
    await caught_up(pair.primary, pair.replica)
    assert (await browse(**everything)).items == (shown,)


async def test_a_replicas_connections_cannot_write_even_on_a_primary(pair: Pair):
    for url in (pair.replica, pair.primary):
        database = PostgresDatabase(url, is_read_only=True)
        await database.open()
        try:
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                async with database.begin() as transaction:
                    await transaction.unit.fetch("DELETE FROM outbox")
        finally:
            await database.close()


async def test_a_replica_lets_the_application_in_by_its_role(pair: Pair):
    database = PostgresDatabase(pair.replica, is_read_only=True)
    await database.open()
    async with database.begin() as transaction:
        row = await transaction.unit.fetch_row(
            "SELECT current_user::text AS role, pg_is_in_recovery() AS is_replica"
        )
    await database.close()
    assert row is not None
    assert tuple(row) == ("ece_application", True)
    assert urlsplit(pair.replica).port != urlsplit(pair.primary).port
