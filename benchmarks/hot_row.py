"""``hot_row_per_s``: changes a second of one aggregate that 64 callers want at the same time.

Each caller mints one card of the same printing, under a locking read: all of them succeed, one
after the other. Without it most would be refused as concurrent changes, and retried.
"""

import asyncio
from collections.abc import Iterator
from itertools import islice
from time import perf_counter

import uvloop

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.system import new_id, now
from ece_domain.cards import ImportCardSets, MintCards, PrintingId
from ece_domain.identity import Actor
from ece_domain.kernel import IdempotencyKey

from .figure import Figure
from .server import Site, check_books
from .supply import made_up, make_issuer, some_printings

CALLERS = 64


def measure(site: Site) -> Iterator[Figure]:
    url = site.new_database("bench_hot_row")
    per_second = uvloop.run(_measured(url, site.size(4_000, 1_000)))
    check_books(url)
    site.drop_database("bench_hot_row")
    yield Figure("hot_row_per_s", per_second, goal=400)


async def _measured(url: str, count: int) -> float:
    database = PostgresDatabase(url)
    await database.open()
    issuer = await make_issuer(database)
    import_card_sets = ImportCardSets(database.begin, now, new_id)
    await import_card_sets(source="bench", records=islice(made_up(), 2), actor=issuer)
    (printing,) = await some_printings(database, 1)
    await asyncio.gather(*(database.ready() for _ in range(database.connections)))
    left = iter(range(count))
    started = perf_counter()
    await asyncio.gather(*(_mint(database, printing, issuer, left) for _ in range(CALLERS)))
    seconds = perf_counter() - started
    await database.close()
    return count / seconds


async def _mint(
    database: PostgresDatabase, printing: PrintingId, issuer: Actor, left: Iterator[int]
) -> None:
    mint_cards = MintCards(database.begin, now, new_id)
    for number in left:
        key = IdempotencyKey(f"mint-{number}")
        await mint_cards(printing_id=printing, copies=1, owner_id=issuer.id, actor=issuer, key=key)
