"""Reads the schema revision of a database with one short connection, without Alembic."""

from datetime import datetime
from typing import Final

import asyncpg
from attrs import frozen

from .connection import connect

NEWEST: Final = "0001"
"""The revision that this version of ECE needs."""
ENCODING: Final = "UTF8"
"""The only encoding that has all characters of all languages; searches fail in others."""


@frozen
class ServerInfo:
    """Version, encoding, schema revision and clock of a database; without a schema the revision is
    None.
    """

    major_version: int
    encoding: str
    revision: str | None
    clock: datetime


async def read_server_info(dsn: str) -> ServerInfo:
    """
    :raises OSError: if no server answers at the address.
    :raises InvalidDatabaseUrl: if the URL is not valid.
    :raises asyncpg.PostgresError: if the server refuses the login.
    """
    connection = await connect(dsn)
    try:
        return ServerInfo(
            major_version=connection.get_server_version().major,
            encoding=await connection.fetchval("SELECT current_setting('server_encoding')"),
            revision=await _revision(connection),
            clock=await connection.fetchval("SELECT clock_timestamp()"),
        )
    finally:
        await connection.close()


async def _revision(connection: asyncpg.Connection) -> str | None:
    try:
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return revision
