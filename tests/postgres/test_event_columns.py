"""The columns of an event repeat what its payload says: jobs and operators select by them."""

import json
from typing import Any

from ece_adapters.postgres import PostgresDatabase
from ece_domain.kernel import Event
from tests.clock import SettableClock
from tests.contract.market.stall import Stall

_COLUMNS = """
SELECT kind, version, subject_kind, subject_id, occurred_at, payload::text AS payload
FROM outbox ORDER BY number
"""


async def test_the_columns_of_every_event_repeat_its_payload(
    postgres_url: str, clock: SettableClock
):
    database = PostgresDatabase(postgres_url)
    await database.open()
    try:
        stall = Stall(database, clock)
        seller, buyer = await stall.someone(), await stall.someone(5_000)
        clock.advance(days=-400)  # unlike the clock of the server
        await stall.buy(await stall.listing(seller, 1_000), buyer)
        async with database.begin() as transaction:
            rows = await transaction.unit.fetch(_COLUMNS)
    finally:
        await database.close()

    kinds = {event.kind: event for event in _subclasses(Event)}
    for row in rows:
        event, payload = kinds[row["kind"]], json.loads(row["payload"])
        assert row["occurred_at"].isoformat() == _moment(payload["occurred_at"])
        assert str(row["subject_id"]) == payload[event.subject]
        assert row["subject_kind"] == event.subject.removesuffix("_id")
    assert {"ledger.settlement-posted", "sales.card-sold"} <= {row["kind"] for row in rows}


def _subclasses(kind: type[Any]) -> list[type[Any]]:
    return [each for sub in kind.__subclasses__() for each in (sub, *_subclasses(sub))]


def _moment(text: str) -> str:
    return text.replace("Z", "+00:00")
