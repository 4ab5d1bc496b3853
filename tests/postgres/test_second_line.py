"""Every check of the schema refuses the row that it is for.

The domain and the SQL functions refuse such rows first, so no other test would miss a check that is
gone. One row per table is sound; a change of a few columns breaks one check.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

_ONE, _TWO = UUID(int=1), UUID(int=2)
_NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
_DEAL: Final = {"context": "market", "deal_id": _ONE}
_MONEY_HOLD: Final = {
    **_DEAL,
    "id": _ONE,
    "purpose": "bid",
    "owner_id": _ONE,
    "account_id": _ONE,
    "amount": 5,
}
_TEXTS: Final = dict.fromkeys(
    (
        "number",
        "number_key",
        "name",
        "name_key",
        "rarity",
        "finish",
        "variant",
        "artist",
        "rules",
        "flavor",
        "words",
    ),
    "",
)
_PERSON: Final = {"email": "ann@example.com", "handle": "ann", "password_hash": "none"}
_DECLINE: Final = {
    "floor_price": 1,
    "falls_from": _NOON,
    "falls_until": _NOON + timedelta(days=1),
}

SOUND: Final[dict[str, dict[str, Any]]] = {
    "cards_card": {
        "id": _ONE,
        "printing_id": _ONE,
        "serial": 1,
        "owner_id": _ONE,
        "minted_to_id": _ONE,
        "minted_at": _NOON,
        "updated_at": _NOON,
    },
    "cards_printing": {
        **_TEXTS,
        "id": _ONE,
        "version": 1,
        "set_id": _ONE,
        "rarity_rank": 1,
        "minted": 0,
        "created_at": _NOON,
        "updated_at": _NOON,
    },
    "cards_set": {
        "id": _ONE,
        "version": 1,
        "code": "one",
        "issuer_id": _ONE,
        "creator_id": _ONE,
        "royalty_ppm": 0,
        "name": "One",
        "rarities": "{}",
        "finishes": "{}",
        "created_at": _NOON,
        "updated_at": _NOON,
    },
    "event_log_end": {"is_only": True, "position": 0},
    "identity_user": {
        **_PERSON,
        "id": _ONE,
        "version": 1,
        "role": "collector",
        "registered_at": _NOON,
        "updated_at": _NOON,
    },
    "ledger_account": {
        "id": _ONE,
        "kind": "user",
        "owner_id": _ONE,
        "asset": "USD/2",
        "balance": 5,
        "held": 5,
    },
    "ledger_ended_hold": {
        **_MONEY_HOLD,
        "captured": 0,
        "state": "released",
        "settlement_id": _ONE,
    },
    "ledger_entry": {"settlement_id": _ONE, "account_id": _ONE, "amount": 1},
    "ledger_hold": {**_MONEY_HOLD, "captured": 4},
    "ledger_payout": {
        **_DEAL,
        "id": _ONE,
        "version": 1,
        "source_kind": "user",
        "source_owner": str(_ONE),
        "asset": "USD/2",
        "total": 2,
        "line_count": 2,
        "digest": b"",
        "chunk_size": 1,
        "settled_count": 0,
        "started_at": _NOON,
    },
    "ledger_payout_line": {
        "payout_id": _ONE,
        "number": 0,
        "kind": "user",
        "owner": str(_ONE),
        "amount": 1,
    },
    "market_listing": {
        "id": _ONE,
        "version": 1,
        "card_id": _ONE,
        "printing_id": _ONE,
        "condition": "",
        "seller_id": _ONE,
        "asset": "USD/2",
        "price": 2,
        "state": "active",
        "listed_at": _NOON,
        "updated_at": _NOON,
        "expires_at": _NOON,
    },
}

BROKEN: Final[dict[str, list[dict[str, Any]]]] = {
    "cards_card_condition_or_grade": [
        {"condition_scale": "tcgplayer"},
        {"condition_code": "NM"},
        {"grade_company": "PSA", "grade": "9"},
        {"grade": "9", "certificate": "1234"},
        {
            "condition_scale": "tcgplayer",
            "condition_code": "NM",
            "grade_company": "PSA",
            "grade": "9",
            "certificate": "1234",
        },
    ],
    "cards_card_serial": [{"serial": 0}],
    "cards_printing_run": [{"print_run": 1, "minted": 2}, {"minted": -1}],
    "cards_set_royalty": [{"royalty_ppm": -1}, {"royalty_ppm": 100_001}],
    "event_log_end_is_only_check": [{"is_only": False}],
    "identity_user_role": [{"role": "owner"}],
    "identity_user_suspension": [{"suspended_at": _NOON}, {"suspension_reason": "fraud"}],
    "ledger_account_balance": [{"balance": 10**18 + 1}],
    "ledger_account_held": [{"held": 6}, {"held": -1}, {"balance": -1, "held": 0}],
    "ledger_account_holds_of_users": [{"kind": "escrow"}],
    "ledger_account_kind": [{"kind": "platform", "held": 0}],
    "ledger_ended_hold_state": [{"state": "open"}],
    "ledger_entry_amount": [{"amount": 0}],
    "ledger_hold_captured": [{"captured": 5}, {"captured": -1}],
    "ledger_hold_subject": [{"card_id": _TWO}, {"account_id": None}],
    "ledger_payout_finished": [{"finished_at": _NOON}, {"settled_count": 2}],
    "ledger_payout_line_amount": [{"amount": 0}],
    "market_listing_decline": [
        {"falls_from": _NOON},
        {"floor_price": 1},
        {**_DECLINE, "falls_until": _NOON},
    ],
    "market_listing_floor": [{**_DECLINE, "floor_price": 2}, {**_DECLINE, "floor_price": 0}],
    "market_listing_price": [{"price": 0}],
    "market_listing_state": [{"state": "gone"}],
}
"""Changes of the sound row by which each check alone is broken."""

_CHECKS = """
SELECT conname::text AS name, conrelid::regclass::text AS table
FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""


@pytest.fixture
async def connection(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_url)
    try:
        yield connection
    finally:
        await connection.close()


async def insert(connection: asyncpg.Connection, table: str, row: dict[str, Any]) -> None:
    holes = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await connection.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({holes})", *row.values()
    )


async def tables_of_checks(connection: asyncpg.Connection) -> dict[str, str]:
    return {row["name"]: row["table"] for row in await connection.fetch(_CHECKS)}


async def test_every_check_of_the_schema_is_listed_here(connection):
    assert (await tables_of_checks(connection)).keys() == BROKEN.keys()


@pytest.mark.parametrize("name", BROKEN)
async def test_a_check_refuses_the_rows_that_it_is_for(name, connection):
    table = (await tables_of_checks(connection))[name]
    await connection.execute("DELETE FROM event_log_end")  # the only table that has a row
    sound = connection.transaction()
    await sound.start()
    await insert(connection, table, SOUND[table])
    await sound.rollback()
    for broken in BROKEN[name]:
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await insert(connection, table, SOUND[table] | broken)
        assert refused.value.constraint_name == name


async def test_a_card_is_under_one_open_hold_at_a_time(connection):
    on_a_card = SOUND["ledger_hold"] | {"account_id": None, "card_id": _ONE, "captured": 0}
    await insert(connection, "ledger_hold", on_a_card)
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await insert(connection, "ledger_hold", on_a_card | {"id": _TWO})
    assert refused.value.constraint_name == "ledger_hold_card_once"
