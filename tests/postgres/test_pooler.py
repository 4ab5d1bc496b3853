"""The exchange behind a pgbouncer in transaction mode."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest
from attrs import evolve

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.embedded.own_server import OwnServer
from ece_adapters.postgres.engine.access import read_access
from ece_adapters.postgres.engine.server import PostgresServer
from ece_adapters.postgres.engine.session import Pooler
from ece_domain.kernel import DomainError
from ece_domain.ledger import MoveMoney
from ece_entrypoints.cli.databases import Urls, urls_of
from ece_entrypoints.cli.exit_codes import Stopped
from ece_entrypoints.wiring.settings import Settings
from tests.clock import SettableClock
from tests.contract.ledger import stores
from tests.contract.market.stall import Stall
from tests.postgres_fixture import migrated_database

from . import pgbouncer

ANN, BOB = stores.dollars("ann"), stores.dollars("bob")
CLIENTS = 16


@pytest.fixture
async def url(postgres_server: PostgresServer) -> AsyncIterator[str]:
    """The URL for the application's account, which pgbouncer knows."""
    pgbouncer.version()
    async with migrated_database(postgres_server) as url:
        if not isinstance(postgres_server, OwnServer):
            yield url
            return
        await postgres_server.let_application_log_in()
        yield postgres_server.application_url(urlsplit(url).path[1:])


@asynccontextmanager
async def exchange_at(url: str, pooler: Pooler) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(url, CLIENTS, pooler=pooler)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def at_once(work: list[Awaitable[object]]) -> list[object]:
    """The results of all calls; domain errors count as results."""
    found = await asyncio.gather(*work, return_exceptions=True)
    bugs = [one for one in found if isinstance(one, BaseException)]
    assert all(isinstance(one, DomainError) for one in bugs), bugs
    return found


async def trade(database: PostgresDatabase, clock: SettableClock) -> None:
    """Payments, a race for a card and an audit, with more clients than server connections."""
    deposits = (("deposit", n) for n in range(CLIENTS))
    await at_once([stores.settle(database, name, stores.deposit(ANN, 100)) for name in deposits])
    pay = MoveMoney(ANN, BOB, stores.usd(7))
    await at_once([stores.settle(database, ("pay", n), pay) for n in range(CLIENTS)])

    stall = Stall(database, clock)
    listing = await stall.listing(await stall.someone(), 500)
    buyers = [await stall.someone(500) for _ in range(CLIENTS)]
    bought = await at_once([stall.buy(listing, buyer) for buyer in buyers])
    assert len([one for one in bought if not isinstance(one, DomainError)]) == 1
    await stores.assert_sound(database)


@pytest.mark.parametrize("pooler", [Pooler.transaction, Pooler.prepared])
async def test_the_exchange_trades_through_pgbouncer(url, pooler, clock):
    settings = ""
    if pooler is Pooler.prepared:
        if pgbouncer.version() < pgbouncer.KEEPS_PREPARED_STATEMENTS:
            installed = ".".join(map(str, pgbouncer.version()))
            pytest.skip(f"pgbouncer {installed} keeps no prepared statements: 1.21 or newer does")
        settings = "max_prepared_statements = 200\n"
    with pgbouncer.pgbouncer(url, settings=settings) as through:
        async with exchange_at(through, pooler) as database:
            await trade(database, clock)


async def test_every_transaction_sends_its_settings_and_leaves_none_behind(url):
    query = (
        "SELECT current_user::text, current_setting('search_path'),"
        " current_setting('lock_timeout'), current_setting('statement_timeout')"
    )
    with pgbouncer.pgbouncer(url) as through:
        async with exchange_at(through, Pooler.transaction) as database:
            for _ in range(3):
                async with database.begin() as transaction:
                    row = await transaction.unit.fetch_row(query)
                    assert tuple(row) == ("ece_application", "public, pg_temp", "2s", "5s")
        others = [await asyncpg.connect(through, statement_cache_size=0) for _ in range(4)]
        for other in others:
            async with other.transaction():
                assert (await other.fetchrow(query))[2:] == ("0", "0")
            await other.close()


async def test_a_failed_transaction_leaves_the_server_connection_usable(url):
    with pgbouncer.pgbouncer(url) as through:
        async with exchange_at(through, Pooler.transaction) as database:
            for _ in range(4 * pgbouncer.SERVERS):
                with pytest.raises(asyncpg.DivisionByZeroError):
                    async with database.begin() as transaction:
                        await transaction.unit.fetch("SELECT 1 / $1::int", 0)
                assert await database.ready()


async def test_the_doctor_works_through_pgbouncer(url):
    with pgbouncer.pgbouncer(url) as through:
        for _ in range(3):
            assert (await read_access(through)).differences == ()


async def test_without_the_setting_pgbouncer_refuses_the_session(url):
    with pgbouncer.pgbouncer(url) as through:
        async with exchange_at(through, Pooler.none) as database:
            assert not await database.ready()


def test_a_migration_does_not_go_through_a_pooler():
    behind = Settings(database_url="postgresql://pooler/ece", database_pooler=Pooler.transaction)
    with pytest.raises(Stopped, match="set ECE_MIGRATION_URL"):
        urls_of(behind)
    urls = urls_of(evolve(behind, migration_url="postgresql://server/ece"))
    assert urls == Urls("postgresql://pooler/ece", "postgresql://server/ece", Pooler.transaction)
