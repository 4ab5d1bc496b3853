"""Names the tables that have rows: what a downgrade would delete."""

from typing import Final

from .connection import connect

_BY_MIGRATIONS: Final = ("alembic_version", "event_log_end")
"""Tables that migrations fill themselves."""
_TABLES: Final = """
SELECT relname AS name, oid::regclass::text AS quoted FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> ALL ($1)
ORDER BY relname
"""


async def filled_tables(dsn: str) -> list[str]:
    """
    :raises OSError: if no server answers at the address.
    :raises InvalidDatabaseUrl: if the URL is not valid.
    :raises asyncpg.PostgresError: if the server refuses the login, or the account may not read.
    """
    connection = await connect(dsn)
    try:
        return [
            table["name"]
            for table in await connection.fetch(_TABLES, _BY_MIGRATIONS)
            if await connection.fetchval(
                f"SELECT EXISTS (SELECT FROM {table['quoted']})"  # noqa: S608 - quoted by the server
            )
        ]
    finally:
        await connection.close()
