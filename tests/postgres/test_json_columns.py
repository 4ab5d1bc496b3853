"""Every stored JSON document names its version (decision 21)."""

import json

from attrs import evolve

from ece_adapters.storage.stored_json import version_of
from ece_domain.cards import FinishDefinition, Origin, RarityDefinition, Release
from tests.contract.cards.conftest import RELEASE
from tests.contract.cards.test_stores import a_set
from tests.contract.conftest import postgres_database

BESIDE = {"event_log.payload", "outbox.payload"}
"""Columns whose version is in another column."""
WITHIN = {
    "cards_set.finishes": FinishDefinition,
    "cards_set.imported_release": Release,
    "cards_set.rarities": RarityDefinition,
    "idempotency_record.result": None,
    "sales_sale.receipt": None,
}
_JSON_COLUMNS = """
SELECT format('%s.%s', table_name, column_name) AS name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type IN ('json', 'jsonb')
"""


async def test_every_json_column_has_a_version(postgres_server):
    """The tests of the contexts cover results and receipts."""
    async with postgres_database(postgres_server) as database:
        imported = evolve(a_set(origin=Origin("game", "C")), imported_release=RELEASE)
        async with database.begin() as transaction:
            transaction.card_sets.save(imported)
        async with database.begin() as transaction:
            columns = await transaction.unit.fetch(_JSON_COLUMNS)
            row = await transaction.unit.fetch_row("SELECT * FROM cards_set")

    assert {column["name"] for column in columns} == BESIDE | WITHIN.keys()
    for name, kind in WITHIN.items():
        if kind is not None:
            document = json.loads(row[name.partition(".")[2]])
            assert (document.keys(), document["v"]) == ({"v", "value"}, version_of(kind)), name
