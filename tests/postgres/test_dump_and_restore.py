"""An exchange can be dumped and restored into another cluster, and loses nothing."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.embedded.embedded_server import EmbeddedPostgres
from ece_adapters.postgres.engine.migrate import upgrade
from ece_domain.kernel import ALL_TIME, PageRequest
from ece_domain.ledger import CloseBooks
from tests.contract.ledger.day_of_trade import ANNAS, BELAS, HOUSE, WORLD, a_day_of_trade
from tests.contract.ledger.stores import check, deposit, settle
from tests.strategies.ledger import NOON

USE_UP_TRANSACTION_IDS = """
DO $$ BEGIN FOR n IN 1 .. 5000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$
"""
"""So that the transaction ids of the new cluster are lower than those of the old one."""


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ece-dump-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def run(server: EmbeddedPostgres, program: str, *arguments: str, given: bytes = b"") -> bytes:
    url = urlsplit(server.url())
    address = f"postgresql://{url.username}@127.0.0.1:{url.port}{url.path}"
    return subprocess.run(
        [server.binaries / program, f"--dbname={address}", *arguments],
        env=os.environ | {"PGPASSWORD": str(url.password)},
        input=given,
        capture_output=True,
        check=True,
    ).stdout


@asynccontextmanager
async def exchange_on(server: EmbeddedPostgres) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(server.url())
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def test_a_restored_exchange_continues_and_loses_nothing(folder):
    with (
        EmbeddedPostgres(folder / "origin", durable=False) as origin,
        EmbeddedPostgres(folder / "fresh", durable=False) as fresh,
    ):
        await asyncio.to_thread(upgrade, origin.url())
        connection = await asyncpg.connect(origin.url())
        await connection.execute(USE_UP_TRANSACTION_IDS)
        await connection.close()
        async with exchange_on(origin) as database:
            await a_day_of_trade(database)  # the last settlement of which waits for its closing
            await assert_whole(database, came_in=200, settlements=4)
        roles = run(origin, "pg_dumpall", "--roles-only", "--no-role-passwords")
        run(fresh, "psql", "--quiet", given=roles)
        run(fresh, "psql", "--quiet", "--set=ON_ERROR_STOP=1", given=run(origin, "pg_dump"))

        async with exchange_on(fresh) as database:
            await assert_whole(database, came_in=200, settlements=4)
            for number in range(5):
                await settle(database, ("restored", number), deposit(ANNAS, 1))
            await assert_whole(database, came_in=205, settlements=9)
            (closing,) = await CloseBooks(database.begin, lambda: NOON)()
            assert closing.settlement_count == 6
            assert closing.balances == {WORLD.id: -205, HOUSE.id: 8}
            await settle(database, "after the closing", deposit(BELAS, 1))
            await assert_whole(database, came_in=206, settlements=10)
            assert await changes_of_anna(database) == [1, 1, 1, 1, 1, 45, 100]


async def assert_whole(database: PostgresDatabase, *, came_in: int, settlements: int) -> None:
    checked = await check(database)
    assert checked.violations == ()
    assert checked.settlements == settlements
    async with database.begin() as transaction:
        assert await transaction.books.balance_of(WORLD) == -came_in
        assert await transaction.books.balance_of(HOUSE) == 8


async def changes_of_anna(database: PostgresDatabase) -> list[int]:
    async with database.begin() as transaction:
        page = await transaction.wallets.statement(ANNAS, ALL_TIME, PageRequest(limit=50))
    return [line.change.amount for line in page.items]
