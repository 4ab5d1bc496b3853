"""How fast collectors find things.

``page_deep_vs_first``: a page 10,000 rows deep in 500,000 cards against the first page, in turn.
``search_p95_ms``: a search for words among 100,000 printings, with its facets.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from time import perf_counter

from ece_adapters.postgres import PostgresDatabase
from ece_domain.cards import CardFilter, PrintingFilter, SearchCards, SearchPrintings, SetCode
from ece_domain.kernel import MAX_PAGE, CursorPosition, PageRequest

from .figure import Figure, percentile, ratio
from .server import Site, check_books, run_sql
from .stock import CARD_SETS, SELLERS

DEEP = 10_000

_WORDS = ("ember", "tide", "grove", "gale", "stone", "aether", "heron", "fox", "keep", "prism")
_STOCK = f"""
SET session_replication_role = replica;
CREATE FUNCTION id_of(number bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN lpad(number::text, 32, '0')::uuid;
INSERT INTO cards_set
    (id, version, code, issuer_id, creator_id, royalty_ppm, name, rarities, finishes,
     created_at, updated_at)
    SELECT id_of({CARD_SETS} + n), 1, 'set-' || n, id_of(1), id_of(1), 50000, 'Set ' || n,
        '[]', '[]', now(), now()
    FROM generate_series(0, 199) AS n;
INSERT INTO cards_printing
    (id, version, set_id, number, number_key, name, name_key, rarity, rarity_rank, finish, variant,
     artist, rules, flavor, minted, created_at, updated_at, words)
    SELECT id_of(n), 1, id_of({CARD_SETS} + n % 200), n::text, n::text, name, lower(name),
        (ARRAY['common', 'uncommon', 'rare', 'epic'])[1 + n % 4], n % 4, 'plain', '',
        'Artist ' || n % 40, '', '', 5, now(), now(), lower(name)
    FROM (
        SELECT n, initcap(w[1 + n % 10] || ' ' || w[1 + n / 10 % 10]) || ' ' || n / 100 AS name
        FROM generate_series(1, $PRINTINGS) AS n,
            (SELECT string_to_array('{" ".join(_WORDS)}', ' ') AS w) AS words
    ) AS named;
INSERT INTO cards_word
    SELECT DISTINCT unnest(string_to_array(words, ' ')) FROM cards_printing;
INSERT INTO cards_card (id, printing_id, serial, owner_id, minted_to_id, minted_at, updated_at)
    SELECT id_of(n), id_of(1 + n % $PRINTINGS), 1 + n / $PRINTINGS, id_of({SELLERS} + n % 1000),
        id_of({SELLERS} + n % 1000), now(), now()
    FROM generate_series(1, 5 * $PRINTINGS - 1) AS n;
SET session_replication_role = DEFAULT;
"""
_SEARCHES = [
    *(PrintingFilter(text=word) for word in _WORDS),
    *(PrintingFilter(text=f"{word} {_WORDS[nth - 1]}") for nth, word in enumerate(_WORDS)),
    *(PrintingFilter(text=f"{word[:-1]}x prism") for word in _WORDS),
    *(PrintingFilter(text=word, rarity="rare") for word in _WORDS),
    *(PrintingFilter(set_code=SetCode(f"set-{nth}")) for nth in range(10)),
]


def measure(site: Site) -> Iterator[Figure]:
    url = site.new_database("bench_catalogue")
    stock = _STOCK.replace("$PRINTINGS", str(site.size(100_000, 20_000)))
    run_sql(url, stock, "VACUUM ANALYZE")
    yield from asyncio.run(_measured(url, site.size(200, 40)))
    check_books(url)
    site.drop_database("bench_catalogue")


async def _measured(url: str, times: int) -> list[Figure]:
    database = PostgresDatabase(url)
    await database.open()
    cards, printings = SearchCards(database.begin), SearchPrintings(database.begin)
    after = await _deep_position(cards)
    first, deep = [], []
    for _ in range(times):
        first.append(await _timed(cards(filter=CardFilter(), page=PageRequest(25))))
        deep.append(await _timed(cards(filter=CardFilter(), page=PageRequest(25, after))))
    for wanted in _SEARCHES:
        found = await printings(filter=wanted, page=PageRequest(25))
        assert found.page.items, f"nothing to find for {wanted}"
    searches = [
        await _timed(printings(filter=wanted, page=PageRequest(25)))
        for _ in range(max(1, times // 40))
        for wanted in _SEARCHES
    ]
    await database.close()
    note = f"{sorted(first)[times // 2] * 1000:.1f} ms for the first page"
    return [
        Figure("page_deep_vs_first", ratio(deep, first), goal=1.5, at_most=True, note=note),
        Figure("search_p95_ms", percentile(searches, 95) * 1000, note="with facets"),
    ]


async def _deep_position(cards: SearchCards) -> CursorPosition | None:
    after: CursorPosition | None = None
    for _ in range(DEEP // MAX_PAGE):
        page = await cards(filter=CardFilter(), page=PageRequest(MAX_PAGE, after))
        after = page.next
    return after


async def _timed(search: Awaitable[object]) -> float:
    started = perf_counter()
    await search
    return perf_counter() - started
