"""``price_guide_ms``: the price guide of a printing that was sold 400,000 times in a year.

The sales are of four conditions, between collectors of whom some sell cards back and forth.
"""

import asyncio
from collections.abc import Iterator
from time import perf_counter

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.system import now
from ece_domain.cards import PrintingId
from ece_domain.market import GetPriceGuide

from .figure import Figure, percentile
from .server import Site, run_sql
from .stock import CARD_SETS, PRINTINGS, id_of

SALES = 400_000
GOAL = 20.0

_STOCK = f"""
SET session_replication_role = replica;
CREATE FUNCTION id_of(number bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN lpad(number::text, 32, '0')::uuid;
INSERT INTO cards_set
    (id, version, code, issuer_id, creator_id, royalty_ppm, name, rarities, finishes,
     created_at, updated_at)
    VALUES (id_of({CARD_SETS}), 1, 'set', id_of(1), id_of(1), 50000, 'Set', '[]', '[]', now(),
        now());
INSERT INTO cards_printing
    (id, version, set_id, number, number_key, name, name_key, rarity, rarity_rank, finish, variant,
     artist, rules, flavor, minted, created_at, updated_at, words)
    VALUES (id_of({PRINTINGS}), 1, id_of({CARD_SETS}), '1', '1', 'Card', 'card', 'common', 1,
        'plain', '', '', '', '', {SALES}, now(), now(), 'card');
INSERT INTO sales_sale
    (id, origin_kind, origin_id, card_id, printing_id, condition, seller_id, buyer_id, asset, price,
     sold_at, receipt)
    SELECT id_of(n), 'listing', id_of(n), id_of(n), id_of({PRINTINGS}),
        (ARRAY['unstated', 'tcgplayer NM', 'tcgplayer LP', 'PSA 9'])[1 + n % 4],
        id_of(10000 + n * 7919 % 5000), id_of(20000 + n * 104729 % 5000), 'USD/2',
        900 + n * 15485863 % 300, now() - n * interval '365 days' / $SALES, '{{}}'
    FROM generate_series(0, $SALES - 1::bigint) AS n;
SET session_replication_role = DEFAULT;
INSERT INTO sales_sale
    (id, origin_kind, origin_id, card_id, printing_id, condition, seller_id, buyer_id, asset, price,
     sold_at, receipt)
    SELECT id_of($SALES + n), 'listing', id_of($SALES + n), card_id, printing_id, condition,
        buyer_id, seller_id, asset, 2 * price, sold_at, receipt
    FROM generate_series(0, $SALES - 1, 400) AS n JOIN sales_sale ON id = id_of(n);
"""


def measure(site: Site) -> Iterator[Figure]:
    url = site.new_database("bench_price_guide")
    sales = site.size(SALES, SALES)
    run_sql(url, _STOCK.replace("$SALES", str(sales)), "VACUUM ANALYZE")
    took = asyncio.run(_measured(url, site.size(400, 100)))
    note = f"median {percentile(took, 50):.1f} ms, {sales:,} sales"
    yield Figure("price_guide_ms", percentile(took, 95), goal=GOAL, at_most=True, note=note)
    site.drop_database("bench_price_guide")


async def _measured(url: str, times: int) -> list[float]:
    """Milliseconds of each call."""
    database = PostgresDatabase(url)
    await database.open()
    get_price_guide = GetPriceGuide(database.begin, now)
    took = []
    for _ in range(times):
        started = perf_counter()
        guide = await get_price_guide(printing_id=PrintingId(id_of(PRINTINGS)))
        took.append((perf_counter() - started) * 1000)
    assert sum(entry.windows[-1].sales for entry in guide.entries) > SALES / 365 * 29
    await database.close()
    return took
