"""Changes of the schema that somebody made by hand are named."""

import pytest

from ece_adapters.postgres.engine.connection import connect
from ece_adapters.postgres.engine.schema_drift import schema_drift

FORGETFUL = (
    "CREATE OR REPLACE FUNCTION ledger_forbid_change() RETURNS trigger"
    " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
)


async def change(url, *statements):
    connection = await connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "DROP INDEX idempotency_record_recorded",
            "the index idempotency_record.idempotency_record_recorded is missing",
        ),
        ("ALTER TABLE outbox ALTER version TYPE bigint", "the column outbox.version is different"),
        (
            "ALTER TABLE outbox ALTER version DROP NOT NULL",
            "the column outbox.version is different",
        ),
        (
            "ALTER TABLE market_listing DROP CONSTRAINT market_listing_floor",
            "the constraint market_listing.market_listing_floor is missing",
        ),
        (
            "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_stays",
            "the trigger ledger_entry.ledger_entry_stays is different",
        ),
        (FORGETFUL, "the function ledger_forbid_change() is different"),
        ("ALTER TABLE cards_card ADD shelf text", "the column cards_card.shelf is not of ECE"),
        (
            "ALTER TABLE sales_sale ADD CONSTRAINT cheap CHECK (price < 10)",
            "the constraint sales_sale.cheap is not of ECE",
        ),
    ],
)
async def test_a_change_of_the_schema_by_hand_is_named(postgres_url, statement, named):
    await change(postgres_url, statement)
    assert await schema_drift(postgres_url) == [named]


async def test_tables_and_indexes_of_the_operator_are_no_drift(postgres_url):
    await change(
        postgres_url,
        "CREATE TABLE notes (text text NOT NULL CHECK (text <> ''))",
        "CREATE INDEX my_own ON identity_user (registered_at)",
    )
    assert await schema_drift(postgres_url) == []
