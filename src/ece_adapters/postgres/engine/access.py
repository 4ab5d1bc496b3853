"""Compares the privileges of the exchange's database account with the rules."""

import asyncpg
from attrs import frozen

from . import privileges, roles
from .connection import connect


@frozen
class Access:
    account: str
    may_become_owner: bool
    missing: tuple[str, ...]
    """Statements that an administrator must run before the account can work."""
    differences: tuple[str, ...]
    """What a migration would correct."""


async def read_access(url: str) -> Access:
    """Read the access of the account that the URL names.

    :raises InvalidDatabaseUrl: if the URL is not valid.
    :raises OSError: if no server answers at the address.
    :raises asyncpg.PostgresError: if the server refuses the login.
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
