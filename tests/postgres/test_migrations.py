"""Every migration step can be run up, down and up again, with the same schema each time."""

import asyncio
from asyncio.subprocess import DEVNULL

import asyncpg
import pytest

from ece_adapters.postgres.engine import migrate
from ece_adapters.postgres.engine.schema_drift import expected_schema, read_schema
from ece_adapters.postgres.engine.schema_revision import NEWEST, read_server_info
from ece_adapters.postgres.engine.server import PostgresServer
from tests.cli.ece import PROGRAM

CATALOGUE = """
SELECT 'column' AS what, format('%s.%s %s %s %s', c.table_name, c.column_name, c.data_type,
       c.is_nullable, c.column_default) AS text
FROM information_schema.columns c WHERE c.table_schema = 'public'
UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', format('%s %s %s', conrelid::regclass, conname,
       pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'function', pg_get_functiondef(p.oid) FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'type', t.typname FROM pg_type t
    WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('c', 'd', 'e')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
UNION ALL SELECT 'extension', extname FROM pg_extension
UNION ALL SELECT 'rights', format('%s %s %s', oid::regclass, relowner::regrole, relacl)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
UNION ALL SELECT 'rights', format('%s %s %s', attrelid::regclass, attname, attacl)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attacl IS NOT NULL
UNION ALL SELECT 'rights', format('%s %s %s', p.oid::regprocedure, proowner::regrole, proacl)
    FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1, 2
"""


@pytest.fixture
async def empty_database(postgres_server: PostgresServer):
    url = await postgres_server.create_database("ece_test_migrations")
    yield url
    await postgres_server.drop_database("ece_test_migrations")


async def catalog(url: str) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(CATALOGUE)
    finally:
        await connection.close()
    return [tuple(row) for row in rows if not row["text"].startswith("alembic_version")]


async def test_every_step_runs_down_and_up_again(empty_database):
    before = await catalog(empty_database)
    for step in migrate.steps():
        await asyncio.to_thread(migrate.upgrade, empty_database, step)
        after = await catalog(empty_database)
        assert after != before

        await asyncio.to_thread(migrate.downgrade, empty_database, "-1")
        undone = await catalog(empty_database)
        assert [line for line in undone if "alembic_version" not in line[1]] == [
            line for line in before if "alembic_version" not in line[1]
        ]

        await asyncio.to_thread(migrate.upgrade, empty_database, step)
        assert await catalog(empty_database) == after
        before = after


async def test_reads_the_revision_of_a_database(empty_database):
    assert (await read_server_info(empty_database)).revision is None

    await asyncio.to_thread(migrate.upgrade, empty_database)

    assert (await read_server_info(empty_database)).revision == NEWEST == migrate.steps()[-1]


async def test_the_schema_that_doctor_expects_is_the_migrated_one(empty_database):
    await asyncio.to_thread(migrate.upgrade, empty_database)
    migrated = await read_schema(empty_database)
    assert migrated == expected_schema(), "run: python -m tests.postgres.write_schema"


async def test_concurrent_migrations_all_succeed(empty_database):
    migrations = [
        await asyncio.create_subprocess_exec(
            PROGRAM, "db", "upgrade", "--database-url", empty_database, stdout=DEVNULL
        )
        for _ in range(3)
    ]
    async with asyncio.timeout(60):
        codes = [await migration.wait() for migration in migrations]

    assert codes == [0] * 3
    assert (await read_server_info(empty_database)).revision == NEWEST
