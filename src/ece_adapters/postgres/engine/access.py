"""What an account of the exchange may do in its database, and what it should."""

import asyncpg
from attrs import frozen

from . import privileges, roles
from .connection import connect


@frozen
class Access:
    account: str
    may_become_owner: bool
    missing: tuple[str, ...]
    """Statements for an administrator to run, so that the account can work at all."""
    differences: tuple[str, ...]
    """What a migration brings in order."""


async def read_access(url: str) -> Access:
    """
    Of the exchange's account.

    :raises InvalidDatabaseUrl: if the URL is none.
    :raises OSError: if nobody answers at the address.
    :raises asyncpg.PostgresError: if the server does not let us in.
    """
    connection = await connect(url)
    try:
        async with connection.transaction():  # behind a pooler, all of it on one connection
            return await _access_of(connection)
    finally:
        await connection.close()


async def _access_of(connection: asyncpg.Connection) -> Access:
    missing = await roles.missing_for_application(connection)
    return Access(
        account=await connection.fetchval("SELECT session_user::text"),
        may_become_owner=await roles.may_become(connection, roles.OWNER),
        missing=tuple(missing),
        differences=() if missing else tuple(await privileges.differences(connection)),
    )
