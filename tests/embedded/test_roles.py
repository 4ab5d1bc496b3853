"""Roles belong to a server: creating them on a new one, also for many databases at once."""

import asyncio
from asyncio.subprocess import DEVNULL
from urllib.parse import urlsplit

import asyncpg
import pytest

from ece_adapters.postgres.embedded.running_server import RunningServer
from ece_adapters.postgres.engine import migrate
from ece_adapters.postgres.engine.access import read_access
from ece_adapters.postgres.engine.roles import RolesMissing
from tests.cli.ece import PROGRAM


async def test_concurrent_migrations_of_two_databases_share_the_new_roles(server):
    with server:
        urls = [await server.create_database(f"race_{number}") for number in range(4)]
        migrations = [
            await asyncio.create_subprocess_exec(
                PROGRAM, "db", "upgrade", "--database-url", url, stdout=DEVNULL
            )
            for url in urls
        ]
        async with asyncio.timeout(120):
            assert [await migration.wait() for migration in migrations] == [0] * 4
        for url in urls:
            assert (await read_access(url)).differences == ()


async def test_the_application_logs_in_with_a_password_of_its_own(server, ask):
    with server:
        url = await server.create_database("exchange")
        await asyncio.gather(*(server.let_application_log_in() for _ in range(3)))
        await asyncio.to_thread(migrate.upgrade, url)
        await server.let_application_log_in()

        own = server.application_url("exchange")
        assert RunningServer.on(server.data_directory).application_url("exchange") == own
        assert urlsplit(own).password != urlsplit(url).password
        who = "SELECT (current_user, session_user, rolsuper)::text FROM pg_roles WHERE rolname = "
        assert await ask(own, f"{who} session_user") == "(ece_application,ece_application,f)"
        for role in ("ece_owner", "ece"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await ask(own, f"SET ROLE {role}", "SELECT 1")
        assert not (await read_access(own)).may_become_owner


async def test_an_account_that_may_not_create_roles_gets_the_sql_to_run(server, ask):
    with server:
        url = await server.create_database("managed")
        await ask(url, "CREATE ROLE ann LOGIN PASSWORD 'x'", "SELECT 1")
        ann = url.replace(urlsplit(url).netloc.split("@")[0], "ann:x")
        with pytest.raises(RolesMissing, match="CREATE ROLE ece_owner NOLOGIN; ") as refusal:
            await asyncio.to_thread(migrate.upgrade, ann)

        await ask(url, str(refusal.value).rpartition("run in it: ")[2], "SELECT 1")
        await asyncio.to_thread(migrate.upgrade, ann)

        (statement,) = (await read_access(ann)).missing
        assert statement == "GRANT ece_application TO ann"


async def test_an_account_that_may_create_roles_creates_them(server, ask):
    with server:
        url = await server.create_database("managed")
        await ask(
            url,
            "CREATE ROLE ann LOGIN CREATEROLE PASSWORD 'x'",
            "ALTER DATABASE managed OWNER TO ann",
            "SELECT 1",
        )
        ann = url.replace(urlsplit(url).netloc.split("@")[0], "ann:x")
        await asyncio.to_thread(migrate.upgrade, ann)

        access = await read_access(ann)
        assert (access.missing, access.differences) == ((), ())
        assert access.may_become_owner
