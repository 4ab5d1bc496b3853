"""At which step of the schema a database is; to ask costs one short connection, not Alembic."""

from datetime import datetime
from typing import Final

import asyncpg
from attrs import frozen

from .connection import connect

NEWEST: Final = "0001"
"""The step that this version of ECE works with."""


@frozen
class ServerInfo:
    """What a glance at a database tells. Without a schema there is no revision."""

    major_version: int
    revision: str | None
    clock: datetime


async def read_server_info(dsn: str) -> ServerInfo:
    """
    :raises OSError: if nobody answers at the address.
    :raises InvalidDatabaseUrl: if the address is none.
    :raises asyncpg.PostgresError: if the server does not let us in.
    """
    connection = await connect(dsn)
    try:
        return ServerInfo(
            major_version=connection.get_server_version().major,
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
