"""The privileges of the role ``ece_application`` on each table and function (least privilege).

They are granted after every migration. A table that is not listed here grants nothing. The tables
of the ledger are read only for the application; it changes them through functions that run with
the rights of the owner (``SECURITY DEFINER``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

import asyncpg

from .roles import APPLICATION, OWNER

_READ: Final = frozenset({"SELECT"})
_APPEND: Final = frozenset({"SELECT", "INSERT"})
_MOVE: Final = frozenset({"SELECT", "INSERT", "DELETE"})
_SAVE: Final = frozenset({"SELECT", "INSERT", "UPDATE"})

TABLE_PRIVILEGES: Final[Mapping[str, frozenset[str]]] = {
    "alembic_version": _READ,
    "cards_card": _APPEND,
    "cards_certificate_claim": _SAVE,
    "cards_printing": _SAVE,
    "cards_set": _SAVE,
    "cards_word": _APPEND,
    "event_log": _APPEND,
    "event_log_end": frozenset({"SELECT", "UPDATE"}),
    "identity_email_claim": _MOVE,
    "identity_handle_claim": _MOVE,
    "identity_session": _SAVE,
    "identity_user": _SAVE,
    "ledger_account": _READ,
    "ledger_account_name": _READ,
    "ledger_any_hold": _READ,
    "ledger_card_transfer": _READ,
    "ledger_closing": _READ,
    "ledger_closing_balance": _READ,
    "ledger_ended_hold": _READ,
    "ledger_entry": _READ,
    "ledger_hold": _READ,
    "ledger_payout": _APPEND,
    "ledger_payout_line": _APPEND,
    "ledger_platform_account": _READ,
    "ledger_closed_settlement": _READ,
    "ledger_settlement": _READ,
    "ledger_unclosed_settlement": _READ,
    "market_listing": _SAVE,
    "outbox": _MOVE,
    "idempotency_record": _MOVE,
    "sales_sale": _APPEND,
}
"""The privileges of the application on each table and view."""

COLUMN_RULES: Final[Mapping[tuple[str, str], Callable[[str], bool]]] = {
    # Only settlements change the owner of a card and the hold on it.
    ("cards_card", "UPDATE"): lambda column: (
        column not in {"owner_id", "hold_id", "transfer_count"}
    ),
    # A user may open an empty account before the first settlement.
    ("ledger_account", "INSERT"): lambda column: column in {"id", "kind", "owner_id", "asset"},
    # The progress of a group payout.
    ("ledger_payout", "UPDATE"): lambda column: (
        column in {"version", "settled_count", "finished_at"}
    ),
    # Results never change: this privilege only allows locking a row before it is pruned.
    ("idempotency_record", "UPDATE"): lambda column: column == "recorded_at",
    # Whether a sale counts in price guides, which a later sale can change.
    ("sales_sale", "UPDATE"): lambda column: column == "is_counted",
}
"""Privileges on some columns of a table, in addition to those on the whole table."""

OWNERS_FUNCTIONS: Final = ("ledger_settle", "ledger_lock", "ledger_close")
"""Functions that run with the rights of the owner (``SECURITY DEFINER``). They have a pinned
``search_path``: otherwise a table of the same name in another schema could take effect."""

READERS_FUNCTIONS: Final = ("ledger_rolled_up_balance",)
"""Functions of the ledger that only read; the application may call them."""

Grant: TypeAlias = tuple[str, str, str]
"""A table, a privilege and a column; an empty column for privileges on whole tables."""

_COLUMN_PRIVILEGES: Final = ("SELECT", "INSERT", "UPDATE")
_TABLE_PRIVILEGES: Final = ("DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

_TABLES: Final = """
SELECT relname AS name, oid::regclass::text AS quoted,
    relowner = (SELECT oid FROM pg_roles WHERE rolname = $1) AS is_owners,
    ARRAY(
        SELECT attname::text FROM pg_attribute
        WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
    ) AS columns
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
ORDER BY relname
"""
_FUNCTIONS: Final = """
SELECT proname AS name, oid::regprocedure::text AS quoted,
    proowner = (SELECT oid FROM pg_roles WHERE rolname = $1) AS is_owners,
    prosecdef AS is_definer,
    coalesce('search_path=public, pg_temp' = ANY (proconfig), false) AS is_pinned,
    has_function_privilege($2, oid, 'EXECUTE') AS may_execute
FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
ORDER BY 2
"""
_GRANTS: Final = """
SELECT relname, privilege, attname::text
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped,
    unnest($2::text[]) AS privilege
WHERE relname = ANY ($4) AND relnamespace = 'public'::regnamespace
    AND has_column_privilege($1, pg_class.oid, attnum, privilege)
UNION ALL
SELECT relname, privilege, '' FROM pg_class, unnest($3::text[]) AS privilege
WHERE relname = ANY ($4) AND relnamespace = 'public'::regnamespace
    AND has_table_privilege($1, pg_class.oid, privilege)
"""


async def grant(connection: asyncpg.Connection) -> None:
    """Grant the listed privileges, and revoke all others. Call it as the owner."""
    statements: list[str] = []
    for table in await connection.fetch(_TABLES, OWNER):
        statements.append(f"REVOKE ALL ON {table['quoted']} FROM PUBLIC, {APPLICATION}")
        for privilege in sorted(_privileges(table["name"])):
            columns = ""
            if (table["name"], privilege) in COLUMN_RULES:
                columns = f" ({', '.join(_covered(table['name'], privilege, table['columns']))})"
            statements.append(f"GRANT {privilege}{columns} ON {table['quoted']} TO {APPLICATION}")
    for function in await connection.fetch(_FUNCTIONS, OWNER, APPLICATION):
        name, quoted = function["name"], function["quoted"]
        statements.append(f"REVOKE ALL ON FUNCTION {quoted} FROM PUBLIC, {APPLICATION}")
        if name in OWNERS_FUNCTIONS:
            pinned = "SECURITY DEFINER SET search_path = public, pg_temp"
            statements.append(f"ALTER FUNCTION {quoted} {pinned}")
        if _may_execute(name):
            statements.append(f"GRANT EXECUTE ON FUNCTION {quoted} TO {APPLICATION}")
    await connection.execute("; ".join(statements))


async def differences(connection: asyncpg.Connection) -> list[str]:
    """The differences between the database and the rules, one phrase each."""
    tables = await connection.fetch(_TABLES, OWNER)
    functions = await connection.fetch(_FUNCTIONS, OWNER, APPLICATION)
    names = [table["name"] for table in tables]
    actual: set[Grant] = {
        (table, privilege, column)
        for table, privilege, column in await connection.fetch(
            _GRANTS, APPLICATION, _COLUMN_PRIVILEGES, _TABLE_PRIVILEGES, names
        )
    }
    required = {one for table in tables for one in _required(table["name"], table["columns"])}
    return [
        *(
            f"{one['name']} is not owned by {OWNER}"
            for one in (*tables, *functions)
            if not one["is_owners"]
        ),
        *_phrases("lacks", required - actual),
        *_phrases("has", actual - required),
        *(phrase for function in functions for phrase in _differences_of(function)),
    ]


def _differences_of(function: asyncpg.Record) -> Iterator[str]:
    name = function["name"]
    should_be_definer = name in OWNERS_FUNCTIONS
    if function["is_definer"] is not should_be_definer:
        yield f"{name} runs with the rights of its {'caller' if should_be_definer else 'owner'}"
    elif should_be_definer and not function["is_pinned"]:
        yield f"{name} has no search_path of its own"
    if function["may_execute"] is not _may_execute(name):
        verb = "has" if function["may_execute"] else "lacks"
        yield f"{APPLICATION} {verb} EXECUTE on {name}"


def _phrases(verb: str, grants: Iterable[Grant]) -> Iterator[str]:
    by_table: dict[tuple[str, str], list[str]] = {}
    for table, privilege, column in sorted(grants):
        by_table.setdefault((table, privilege), []).append(column)
    for (table, privilege), columns in by_table.items():
        named = f" ({', '.join(columns)})" if any(columns) else ""
        yield f"{APPLICATION} {verb} {privilege}{named} on {table}"


def _required(table: str, columns: list[str]) -> Iterator[Grant]:
    for privilege in _privileges(table):
        is_per_column = privilege in _COLUMN_PRIVILEGES
        for column in _covered(table, privilege, columns) if is_per_column else [""]:
            yield table, privilege, column


def _privileges(table: str) -> frozenset[str]:
    of_columns = {privilege for named, privilege in COLUMN_RULES if named == table}
    return TABLE_PRIVILEGES.get(table, frozenset()) | of_columns


def _covered(table: str, privilege: str, columns: list[str]) -> list[str]:
    covers = COLUMN_RULES.get((table, privilege))
    return [column for column in columns if covers is None or covers(column)]


def _may_execute(function: str) -> bool:
    is_for_all = function in OWNERS_FUNCTIONS + READERS_FUNCTIONS
    return is_for_all or not function.startswith("ledger_")
