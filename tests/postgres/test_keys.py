"""No foreign key and no unique index spans rows of different owners (decisions 15 and 18).

The keys are read from the migrated catalog. A list here has the reason for each; a new key fails
until somebody decides.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Final

import asyncpg
import pytest

FOREIGN_KEYS: Final = {
    "cards_printing(set_id) -> cards_set(id)": "one issuer has both",
    "identity_session(user_id) -> identity_user(id)": "one user has both",
}

_OWN_ID = "the row's own id, random, with room for its owner's home"
_DEAL = "an id of the deal that the row is about, which it lies with"
_ACCOUNT = "all rows of an account lie with it"
_CARD = "all rows of a card lie with it"
_CLAIM = "a claim table: it lies by what is claimed"
_CATALOGUE = "sets and printings are read by everybody and written seldom: each server has them all"
_ONE_LOG = "one sequencer writes it"
_ONE_CLOSER = "one process closes the books"
UNIQUE_KEYS: Final[Mapping[str, str]] = {
    "cards_card(id)": _OWN_ID,
    "cards_card(printing_id, serial)": (
        "crosses owners, and is a second guard only: the printing's row hands out the serials"
    ),
    "cards_certificate_claim(grade_company, certificate)": _CLAIM,
    "cards_printing(id)": _OWN_ID,
    "cards_printing(set_id, number, finish, variant)": "one issuer has all printings of a set",
    "cards_printing(source, source_key)": _CATALOGUE,
    "cards_set(code)": _CATALOGUE,
    "cards_set(id)": _OWN_ID,
    "cards_set(source, source_key)": _CATALOGUE,
    "cards_word(word)": _CATALOGUE,
    "event_log(id)": _ONE_LOG,
    "event_log(position)": _ONE_LOG,
    "event_log_end(is_only)": _ONE_LOG,
    "identity_email_claim(email_key)": _CLAIM,
    "identity_handle_claim(handle)": _CLAIM,
    "identity_session(id)": _OWN_ID,
    "identity_user(id)": _OWN_ID,
    "ledger_account(id)": _OWN_ID,
    "ledger_card_transfer(card_id, nth)": _CARD,
    "ledger_card_transfer(settlement_id, card_id)": _CARD,
    "ledger_closing(number)": _ONE_CLOSER,
    "ledger_closing_balance(account_id, closing_number)": _ACCOUNT,
    "ledger_ended_hold(id)": _OWN_ID,
    "ledger_entry(account_id, nth)": _ACCOUNT,
    "ledger_entry(settlement_id, account_id)": _ACCOUNT,
    "ledger_hold(card_id)": _CARD,
    "ledger_hold(id)": _OWN_ID,
    "ledger_payout(id)": _OWN_ID,
    "ledger_payout_line(payout_id, number)": _DEAL,
    "ledger_platform_account(id)": _OWN_ID,
    "ledger_closed_settlement(settlement_id)": _DEAL,
    "ledger_settlement(id)": _OWN_ID,
    "ledger_unclosed_settlement(settlement_id)": _DEAL,
    "market_listing(id)": _OWN_ID,
    "outbox(number)": "a number of the server that the events wait on",
    "idempotency_record(actor_id, key)": "one user has all requests of an actor",
    "sales_sale(id)": _OWN_ID,
    "sales_sale(origin_id, origin_kind)": _DEAL,
}

_FOREIGN_KEYS = """
SELECT format('%s(%s) -> %s(%s)', k.conrelid::regclass, columns(k.conrelid, k.conkey),
    k.confrelid::regclass, columns(k.confrelid, k.confkey)) AS key
FROM pg_constraint AS k
WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
"""
_UNIQUE_KEYS = """
SELECT format('%s(%s)', i.indrelid::regclass, (
    SELECT string_agg(pg_get_indexdef(i.indexrelid, nth, true), ', ' ORDER BY nth)
    FROM generate_series(1, i.indnkeyatts) AS nth
)) AS key
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
WHERE (i.indisunique OR i.indisexclusion) AND c.relnamespace = 'public'::regnamespace
    AND c.relname <> 'alembic_version'
"""
_COLUMNS = """
CREATE FUNCTION pg_temp.columns(of regclass, numbers smallint[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(attname, ', ' ORDER BY nth)
    FROM unnest(numbers) WITH ORDINALITY AS number (number, nth)
    JOIN pg_attribute ON attrelid = of AND attnum = number
$$
"""


@pytest.fixture
async def connection(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(_COLUMNS)
    try:
        yield connection
    finally:
        await connection.close()


async def keys(connection: asyncpg.Connection, query: str) -> set[str]:
    rows = await connection.fetch(query.replace("columns(", "pg_temp.columns("))
    return {row["key"].replace('"', "") for row in rows}


async def test_every_foreign_key_connects_rows_of_one_owner(connection):
    assert await keys(connection, _FOREIGN_KEYS) == FOREIGN_KEYS.keys()


async def test_unique_indexes_are_per_owner_or_in_a_claim_table(connection):
    assert await keys(connection, _UNIQUE_KEYS) == UNIQUE_KEYS.keys()


def test_only_claim_tables_and_the_catalog_have_names_unique_across_owners():
    """Text chosen by users is unique in no other table."""
    across = {key for key, reason in UNIQUE_KEYS.items() if reason in {_CLAIM, _CATALOGUE}}
    assert {key.partition("(")[0] for key in across} == {
        "cards_certificate_claim",
        "cards_printing",
        "cards_set",
        "cards_word",
        "identity_email_claim",
        "identity_handle_claim",
    }


async def test_an_undecided_key_is_reported(connection):
    await connection.execute(
        "ALTER TABLE cards_card ADD FOREIGN KEY (printing_id) REFERENCES cards_printing;"
        " ALTER TABLE market_listing ADD FOREIGN KEY (card_id) REFERENCES cards_card;"
        " CREATE UNIQUE INDEX ON market_listing (card_id) WHERE state = 'active';"
        " CREATE UNIQUE INDEX ON identity_user (lower(email));"
        " ALTER TABLE sales_sale ADD EXCLUDE (card_id WITH =)"
    )
    assert await keys(connection, _FOREIGN_KEYS) - FOREIGN_KEYS.keys() == {
        "cards_card(printing_id) -> cards_printing(id)",
        "market_listing(card_id) -> cards_card(id)",
    }
    assert await keys(connection, _UNIQUE_KEYS) - UNIQUE_KEYS.keys() == {
        "market_listing(card_id)",
        "identity_user(lower(email))",
        "sales_sale(card_id)",
    }
