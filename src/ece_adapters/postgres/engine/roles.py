"""The database roles: one owns the tables, one uses them, and no login needs to be a superuser.

``ece_owner`` owns what the migrations make; ``ece_application`` may use it as
:mod:`.privileges` says. Neither logs in: accounts do, as members. A migration's account becomes
the owner, the exchange's account the application. Roles belong to a server, not to a database, so
many migrations on one server may try to make the same ones.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import asyncpg
from attrs import frozen

OWNER: Final = "ece_owner"
APPLICATION: Final = "ece_application"
AS_APPLICATION: Final = {"role": APPLICATION, "search_path": "public, pg_temp"}
"""Settings of every session of the exchange. Temporary tables come last, as they could otherwise
stand in for the tables of the same names."""


class RolesMissing(Exception):
    """The account may not make the roles; the text holds the SQL for an administrator to run."""


@frozen
class _Need:
    """Something that the server must have, the query that tells, and the statement that mends."""

    met: str
    statement: str


def _exists(role: str) -> _Need:
    query = f"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"  # noqa: S608 - our own
    return _Need(query, f"CREATE ROLE {role} NOLOGIN")


def _may_become(role: str) -> _Need:
    return _Need(_MAY_BECOME.format(role=role), f"GRANT {role} TO {{account}}")


# Up to PostgreSQL 15 each member may; since then, being one and being allowed to are two things.
_MAY_BECOME: Final = """SELECT EXISTS (
    SELECT FROM pg_roles WHERE rolname = '{role}' AND pg_has_role(
        session_user, oid,
        CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END
    )
)"""
_IN_SCHEMA: Final = (
    _Need(
        f"SELECT has_schema_privilege('{APPLICATION}', 'public', 'USAGE')",
        f"GRANT USAGE ON SCHEMA public TO {APPLICATION}",
    ),
    # PostgreSQL up to 14 lets everybody create there, and so put a function in front of ours.
    _Need(
        "SELECT NOT EXISTS (SELECT FROM pg_namespace, aclexplode(nspacl)"
        " WHERE nspname = 'public' AND grantee = 0 AND privilege_type = 'CREATE')",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    ),
)
_FOR_APPLICATION: Final = (_exists(APPLICATION), _may_become(APPLICATION), *_IN_SCHEMA)
_FOR_MIGRATION: Final = (
    _exists(OWNER),
    _may_become(OWNER),
    _Need(
        f"SELECT has_schema_privilege('{OWNER}', 'public', 'CREATE')"
        f" AND has_schema_privilege('{OWNER}', 'public', 'USAGE')",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
    ),
    _Need(  # for extensions
        f"SELECT has_database_privilege('{OWNER}', current_database(), 'CREATE')",
        f"GRANT CREATE ON DATABASE {{database}} TO {OWNER}",
    ),
    _exists(APPLICATION),
    *_IN_SCHEMA,
)
_FOREIGN_OBJECTS: Final = """
SELECT format(
    'ALTER %s %s OWNER TO %I',
    CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, oid::regclass, $1::text
) AS statement
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
    AND relowner <> (SELECT oid FROM pg_roles WHERE rolname = $1)
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
UNION ALL
SELECT format('ALTER ROUTINE %s OWNER TO %I', oid::regprocedure, $1::text)
FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
    AND proowner <> (SELECT oid FROM pg_roles WHERE rolname = $1)
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


async def become_owner(connection: asyncpg.Connection) -> None:
    """
    Makes what is missing of the roles, and goes on as the owner to the end of the transaction.

    :raises RolesMissing: when the account may not.
    """
    missing = await _missing(connection, _FOR_MIGRATION)
    try:
        for statement in missing:
            await _execute(connection, statement)
        for statement in await _missing(connection, (_may_become(APPLICATION),)):
            # An account that only migrates has no need of it.
            with suppress(asyncpg.InsufficientPrivilegeError):
                await _execute(connection, statement)
        for row in await connection.fetch(_FOREIGN_OBJECTS, OWNER):
            await connection.execute(row["statement"])
        await connection.execute(f"SET LOCAL ROLE {OWNER}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise RolesMissing(
            f"the database's account may not prepare it ({error.args[0]}): let an administrator"
            f" run in it: {'; '.join(missing)}"
        ) from error


async def _execute(connection: asyncpg.Connection, statement: str) -> None:
    # Somebody who made the same role at the same moment, in another database, did our work.
    with suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        async with connection.transaction():
            await connection.execute(statement)


async def missing_for_application(connection: asyncpg.Connection) -> list[str]:
    """The statements that would let the account run the exchange."""
    return await _missing(connection, _FOR_APPLICATION)


async def may_become(connection: asyncpg.Connection, role: str) -> bool:
    allowed: bool = await connection.fetchval(_MAY_BECOME.format(role=role))
    return allowed


async def _missing(connection: asyncpg.Connection, needs: Iterable[_Need]) -> list[str]:
    names = await connection.fetchrow(
        "SELECT quote_ident(session_user) AS account, quote_ident(current_database()) AS database"
    )
    return [
        need.statement.format(account=names["account"], database=names["database"])
        for need in needs
        if not await _is_met(connection, need)
    ]


async def _is_met(connection: asyncpg.Connection, need: _Need) -> bool:
    try:
        async with connection.transaction():
            met: bool = await connection.fetchval(need.met)
    except asyncpg.UndefinedObjectError:  # a role that does not exist yet has no privilege
        return False
    return met
