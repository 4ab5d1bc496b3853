"""What a keyed purchase leaves behind for its replay."""

import json

from ece_adapters.postgres import PostgresDatabase


async def test_a_purchase_keeps_its_sale_by_id_and_a_replay_reads_it_again(stall):
    seller, buyer = await stall.someone(), await stall.someone(5_000)
    listing = await stall.listing(seller)
    first = await stall.buy(listing, buyer, key="mine")
    again = await stall.buy(listing, buyer, key="mine")

    assert again.replayed
    assert again.value == first.value
    if isinstance(stall.database, PostgresDatabase):
        async with stall.database.begin() as transaction:
            row = await transaction.unit.fetch_row(
                "SELECT answer FROM request WHERE actor = $1", buyer
            )
        assert json.loads(row["answer"]) == {"v": 1, "value": str(first.value.id)}
