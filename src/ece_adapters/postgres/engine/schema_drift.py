"""Compares the schema of a database with the one that this version of ECE migrates to.

``schema.tsv`` is that schema: columns, constraints, indexes, triggers and functions, each with its
definition. It is written by ``python -m tests.postgres.write_schema``.
"""

from pathlib import Path
from typing import Final, TypeAlias

import asyncpg

from .connection import connect

Schema: TypeAlias = dict[tuple[str, str], str]
"""The definition of each object, by its kind and its name; a table's parts begin with its name."""

SCHEMA_FILE: Final = Path(__file__).with_name("schema.tsv")

_OF_TABLES: Final = frozenset({"column", "constraint", "trigger"})
"""What can make the statements of ECE fail, where somebody adds it to a table of ECE."""
_OBJECTS: Final = """
WITH tables AS (
    SELECT oid, relname::text AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
)
SELECT 'column' AS kind, format('%s.%s', name, attname) AS name,
    concat_ws(' ', format_type(atttypid, atttypmod),
        CASE WHEN attnotnull THEN 'not null' END,
        'identity ' || nullif(attidentity::text, ''),
        'default ' || pg_get_expr(adbin, adrelid)) AS definition
FROM tables JOIN pg_attribute ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL
SELECT 'constraint', format('%s.%s', name, conname), pg_get_constraintdef(pg_constraint.oid)
FROM tables JOIN pg_constraint ON conrelid = tables.oid AND contype NOT IN ('n', 't')
UNION ALL
SELECT 'index', format('%s.%s', name, indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM tables JOIN pg_index ON indrelid = tables.oid AND indisvalid
UNION ALL
SELECT 'trigger', format('%s.%s', name, tgname),
    concat_ws(' ', pg_get_triggerdef(pg_trigger.oid), 'is ' || nullif(tgenabled::text, 'O'))
FROM tables JOIN pg_trigger ON tgrelid = tables.oid AND NOT tgisinternal
UNION ALL
SELECT 'function', oid::regprocedure::text, md5(prosrc) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


async def schema_drift(dsn: str) -> list[str]:
    """The differences that matter to ECE, one phrase each. Own tables and indexes do not.

    :raises OSError: if no server answers at the address.
    :raises InvalidDatabaseUrl: if the URL is not valid.
    :raises asyncpg.PostgresError: if the server refuses the login.
    """
    expected, actual = expected_schema(), await read_schema(dsn)
    tables = {_table_of(name) for kind, name in expected if kind == "column"}
    extra = [
        (kind, name)
        for kind, name in actual.keys() - expected.keys()
        if kind in _OF_TABLES and _table_of(name) in tables
    ]
    return [
        *(_phrase(each, "is missing") for each in sorted(expected.keys() - actual.keys())),
        *(
            _phrase(each, "is different")
            for each in sorted(expected.keys() & actual.keys())
            if expected[each] != actual[each]
        ),
        *(_phrase(each, "is not of ECE") for each in sorted(extra)),
    ]


def expected_schema() -> Schema:
    found = {}
    for line in SCHEMA_FILE.read_text(encoding="utf-8").splitlines():
        kind, name, definition = line.split("\t")
        found[kind, name] = definition
    return found


async def read_schema(dsn: str) -> Schema:
    connection: asyncpg.Connection = await connect(dsn)
    try:
        rows = await connection.fetch(_OBJECTS)
    finally:
        await connection.close()
    return {(row["kind"], row["name"]): " ".join(row["definition"].split()) for row in rows}


def as_text(schema: Schema) -> str:
    return "".join(
        f"{kind}\t{name}\t{definition}\n" for (kind, name), definition in sorted(schema.items())
    )


def _phrase(named: tuple[str, str], what: str) -> str:
    return f"the {named[0]} {named[1]} {what}"


def _table_of(name: str) -> str:
    return name.partition(".")[0]
