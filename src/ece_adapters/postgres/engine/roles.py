"""The database roles: ``ece_owner`` owns the tables, ``ece_application`` uses them.

:mod:`.privileges` has what the application may do. Neither role can log in: accounts log in, and
are members of them. A migration sets the role of the owner, the exchange that of the application.
No account needs to be a superuser. Roles belong to a server, not to a database, so migrations of
several databases may create the same roles at the same time.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import asyncpg
from attrs import frozen

OWNER: Final = "ece_owner"
APPLICATION: Final = "ece_application"
AS_APPLICATION: Final = {"role": APPLICATION, "search_path": "public, pg_temp"}
"""Settings of every session of the exchange. ``pg_temp`` is last, so that a temporary table cannot
hide a table of the same name."""


class RolesMissing(Exception):
    """The account may not create the roles; the text has the SQL for an administrator."""


@frozen
class _Need:
    """A requirement: the query that checks it, and the statement that fulfills it."""

    met: str
    statement: str


def _exists(role: str) -> _Need:
    query = f"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"  # noqa: S608 - our own
    return _Need(query, f"CREATE ROLE {role} NOLOGIN")


def _may_become(role: str) -> _Need:
    return _Need(_MAY_BECOME.format(role=role), f"GRANT {role} TO {{account}}")


# Since PostgreSQL 16 a member needs the option SET to become the role.
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
    # PostgreSQL up to 14 lets every role create objects there, which could hide ours.
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
    """Create missing roles, and act as the owner until the end of the transaction.

    :raises RolesMissing: if the account may not create them.
    """
    missing = await _missing(connection, _FOR_MIGRATION)
    try:
        for statement in missing:
            await _execute(connection, statement)
        # A GRANT by an account that may not give the privilege is a warning, and does nothing.
        if missing := await _missing(connection, _FOR_MIGRATION):
            raise _roles_missing("it may not grant what is missing", missing)
        for statement in await _missing(connection, (_may_become(APPLICATION),)):
            # An account that only migrates does not need it.
            with suppress(asyncpg.InsufficientPrivilegeError):
                await _execute(connection, statement)
        for row in await connection.fetch(_FOREIGN_OBJECTS, OWNER):
            await connection.execute(row["statement"])
        await connection.execute(f"SET LOCAL ROLE {OWNER}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise _roles_missing(error.args[0], missing) from error


def _roles_missing(why: str, statements: list[str]) -> RolesMissing:
    return RolesMissing(
        f"the database's account may not prepare it ({why}): let an administrator run in it:"
        f" {'; '.join(statements)}"
    )


async def _execute(connection: asyncpg.Connection, statement: str) -> None:
    # Another migration may have created the same role at the same time, in another database.
    with suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        async with connection.transaction():
            await connection.execute(statement)


async def missing_for_application(connection: asyncpg.Connection) -> list[str]:
    """The statements that the account needs before it can run the exchange."""
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
