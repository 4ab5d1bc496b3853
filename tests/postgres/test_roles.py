"""The application does not own its tables, and cannot change what the ledger wrote."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_hex
from urllib.parse import urlsplit

import asyncpg
import pytest

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.engine import migrate
from ece_adapters.postgres.engine.access import read_access
from ece_adapters.postgres.engine.connection import connect
from ece_adapters.postgres.engine.privileges import OWNERS_FUNCTIONS, TABLE_PRIVILEGES
from ece_adapters.postgres.engine.roles import AS_APPLICATION, RolesMissing
from ece_adapters.postgres.engine.schema_revision import NEWEST, read_server_info
from ece_adapters.postgres.engine.server import PostgresServer
from tests.contract.conftest import postgres_database
from tests.contract.ledger import stores

ANN = stores.dollars("ann")
LEDGER_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname LIKE 'ledger\\_%'
"""


@pytest.fixture
async def exchange(postgres_server: PostgresServer) -> AsyncIterator[PostgresDatabase]:
    """A database with an entry, a hold and a card."""
    async with postgres_database(postgres_server) as database:
        await stores.settle(database, "deposit", stores.deposit(ANN, 500))
        await stores.mint(database, stores.a_user("ann"), stores.an_id("card"))
        yield database


@pytest.fixture
async def application(exchange: PostgresDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A session with the settings of the exchange."""
    async with session(exchange.dsn, AS_APPLICATION) as connection:
        yield connection


@asynccontextmanager
async def session(url: str, settings=None) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(url, settings or {})
    try:
        yield connection
    finally:
        await connection.close()


async def refused(connection: asyncpg.Connection, statement: str) -> bool:
    """Whether privileges alone refuse the statement, without triggers and without rows."""
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return True
    except asyncpg.PostgresError as error:
        raise AssertionError(f"{statement}: {error}") from error
    return False


async def test_the_application_cannot_change_rows_of_the_ledger(exchange, application):
    async with session(exchange.dsn) as superuser:
        tables = [row["relname"] for row in await superuser.fetch(LEDGER_TABLES)]
    assert {"ledger_entry", "ledger_settlement", "ledger_account", "ledger_hold"} <= set(tables)
    for table in tables:
        for statement in (
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"UPDATE {table} SET {await a_column(application, table)} = DEFAULT",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"DROP TABLE {table}",
        ):
            assert await refused(application, statement), statement


async def test_the_application_writes_ledger_entries_only_by_settlements(application):
    for statement in (
        "INSERT INTO ledger_entry DEFAULT VALUES",
        "INSERT INTO ledger_settlement DEFAULT VALUES",
        "INSERT INTO ledger_hold DEFAULT VALUES",
        "INSERT INTO ledger_account (id, balance) VALUES (gen_random_uuid(), 100)",
    ):
        assert await refused(application, statement), statement


async def test_the_application_cannot_change_who_owns_a_card(application):
    card = stores.an_id("card")
    for column in ("owner_id", "hold_id", "transfer_count"):
        assert await refused(application, f"UPDATE cards_card SET {column} = NULL")
    async with application.transaction():
        await application.fetchrow("SELECT id FROM cards_card WHERE id = $1 FOR UPDATE", card)
        changed = "UPDATE cards_card SET version = version + 1 WHERE id = $1"
        assert await application.execute(changed, card) == "UPDATE 1"


async def test_the_application_can_neither_create_objects_nor_leave_its_role(application):
    for statement in (
        "CREATE TABLE public.sneaked ()",
        "CREATE FUNCTION public.refuse(text, text) RETURNS void LANGUAGE sql AS ''",
        "DROP FUNCTION ledger_forbid_change() CASCADE",
        "ALTER ROLE ece_application SUPERUSER",
    ):
        assert await refused(application, statement), statement


async def test_sales_are_only_added(application):
    assert await refused(application, "UPDATE sales_sale SET price = 1")
    assert await refused(application, "DELETE FROM sales_sale")


async def test_a_new_table_grants_nothing_until_a_rule_names_it(exchange, application):
    async with session(exchange.dsn) as superuser:
        await superuser.execute(
            "CREATE TABLE ledger_news (id uuid); CREATE TABLE auctions_news (id uuid)"
        )
    await asyncio.to_thread(migrate.upgrade, exchange.dsn)

    for table in ("ledger_news", "auctions_news"):
        for statement in (
            f"SELECT id FROM {table}",
            f"INSERT INTO {table} DEFAULT VALUES",
            f"UPDATE {table} SET id = DEFAULT",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
        ):
            assert await refused(application, statement), statement


async def test_the_rules_name_every_table_and_no_other(application):
    tables = await application.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm')"
    )
    assert {row["relname"] for row in tables} == TABLE_PRIVILEGES.keys()


async def test_only_rows_that_are_moved_or_pruned_may_be_deleted(application):
    tables = await application.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'DELETE')"
    )
    assert {row["relname"] for row in tables} == {
        "identity_email_claim",
        "identity_handle_claim",
        "outbox",
        "idempotency_record",
    }


async def test_a_stored_result_cannot_be_changed(application):
    assert await refused(application, "UPDATE idempotency_record SET result = '{}'")


async def test_no_table_can_hide_a_table_of_the_ledger(exchange, application):
    await application.execute("CREATE TEMPORARY TABLE ledger_settlement (id uuid, digest bytea)")
    seen = await application.fetchval("SELECT 'ledger_settlement'::regclass::oid")
    assert seen == await application.fetchval("SELECT 'public.ledger_settlement'::regclass::oid")
    async with session(exchange.dsn) as superuser:
        rows = await superuser.fetch(
            "SELECT proname, proconfig FROM pg_proc WHERE prosecdef"
            " AND pronamespace = 'public'::regnamespace"
        )
    assert {row["proname"] for row in rows} <= set(OWNERS_FUNCTIONS)
    assert "ledger_settle" in {row["proname"] for row in rows}
    assert all("search_path=public, pg_temp" in row["proconfig"] for row in rows)


async def test_a_migration_restores_owners_and_privileges(exchange):
    assert (await read_access(exchange.dsn)).differences == ()
    async with session(exchange.dsn) as superuser:
        await superuser.execute(
            "GRANT UPDATE, DELETE ON ledger_entry TO ece_application;"
            " REVOKE INSERT ON outbox FROM ece_application;"
            " GRANT UPDATE ON cards_card TO PUBLIC;"
            " ALTER TABLE sales_sale OWNER TO CURRENT_USER;"
            " ALTER FUNCTION ledger_settle SECURITY INVOKER;"
            " GRANT EXECUTE ON FUNCTION ledger_check_card TO PUBLIC"
        )
    found = " / ".join((await read_access(exchange.dsn)).differences)
    for phrase in (
        "ece_application has DELETE on ledger_entry",
        "ece_application has UPDATE (account_id,",
        "ece_application lacks INSERT",
        "ece_application has UPDATE (hold_id, owner_id, transfer_count) on cards_card",
        "sales_sale is not owned by ece_owner",
        "ledger_settle runs with the rights of its caller",
        "ece_application has EXECUTE on ledger_check_card",
    ):
        assert phrase in found

    await asyncio.to_thread(migrate.upgrade, exchange.dsn)

    assert (await read_access(exchange.dsn)).differences == ()


@pytest.fixture
async def accounts(postgres_server: PostgresServer):
    """Two unprivileged accounts, and an empty database owned by the first."""
    suffix = token_hex(4)
    migrator, trader, database = (f"ece_{name}_{suffix}" for name in ("migrator", "trader", "test"))
    async with session(postgres_server.url()) as superuser:
        await superuser.execute(f"CREATE ROLE {migrator} LOGIN PASSWORD 'x' CREATEROLE")
        await superuser.execute(f"CREATE ROLE {trader} LOGIN PASSWORD 'x'")
        await superuser.execute(f"CREATE DATABASE {database} OWNER {migrator}")
        yield tuple(
            urlsplit(postgres_server.url(database))
            ._replace(netloc=f"{account}:x@{urlsplit(postgres_server.url()).netloc.split('@')[1]}")
            .geturl()
            for account in (migrator, trader)
        )
        await superuser.execute(f"DROP DATABASE {database} WITH (FORCE)")
        await superuser.execute(f"DROP ROLE {migrator}, {trader}")


async def as_superuser(server: PostgresServer, url: str, statements: str) -> None:
    async with session(server.url(urlsplit(url).path[1:])) as superuser:
        await superuser.execute(statements)


async def test_an_account_that_may_not_prepare_the_database_gets_the_sql_to_run(
    postgres_server, accounts
):
    async with existing_roles(postgres_server):
        _, trader = accounts
        with pytest.raises(RolesMissing, match="GRANT ece_owner TO") as refusal:
            await asyncio.to_thread(migrate.upgrade, trader)
        assert "\n" not in str(refusal.value)
        statements = str(refusal.value).rpartition("run in it: ")[2]

        await as_superuser(postgres_server, trader, statements)
        await asyncio.to_thread(migrate.upgrade, trader)
        assert (await read_server_info(trader)).revision == NEWEST


async def test_separate_accounts_for_migration_and_exchange_need_no_superuser(
    postgres_server, accounts
):
    async with existing_roles(postgres_server):
        migrator, trader = accounts
        await as_superuser(
            postgres_server,
            migrator,
            f"GRANT ece_owner TO {urlsplit(migrator).username} WITH ADMIN OPTION;"
            f" GRANT ece_application TO {urlsplit(trader).username}",
        )
        for _ in range(2):
            await asyncio.to_thread(migrate.upgrade, migrator)
            assert (await read_access(trader)).differences == ()
            await asyncio.to_thread(migrate.downgrade, migrator, "base")
        await asyncio.to_thread(migrate.upgrade, migrator)

        access = await read_access(trader)
        assert access.missing == ()
        assert not access.may_become_owner
        with pytest.raises(RolesMissing):
            await asyncio.to_thread(migrate.upgrade, trader)
        database = PostgresDatabase(trader)
        await database.open()
        try:
            await stores.settle(database, "deposit", stores.deposit(ANN, 500))
        finally:
            await database.close()
        async with session(trader, AS_APPLICATION) as connection:
            assert await refused(connection, "SET ROLE ece_owner")


async def test_an_account_without_the_role_gets_the_statement_to_run(postgres_server, accounts):
    async with existing_roles(postgres_server):
        _, trader = accounts
        assert (
            f"GRANT ece_application TO {urlsplit(trader).username}"
            in (await read_access(trader)).missing
        )


@asynccontextmanager
async def existing_roles(server: PostgresServer) -> AsyncIterator[None]:
    """Make sure that the roles exist on the server."""
    async with postgres_database(server):
        yield


async def a_column(connection: asyncpg.Connection, table: str) -> str:
    return str(
        await connection.fetchval(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum = 1",
            table,
        )
    )
