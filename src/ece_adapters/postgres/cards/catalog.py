from collections.abc import Callable
from typing import TypeVar

import asyncpg
from attrs import define, field, frozen

from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_domain.cards import (
    CardFilter,
    CardId,
    CardNotFound,
    CardSet,
    CardSort,
    CardView,
    Facet,
    Facets,
    PrintingFilter,
    PrintingId,
    PrintingNotFound,
    PrintingSort,
    PrintingView,
)
from ece_domain.cards.storage import MAX_FACETED, MAX_FACETS, words_of
from ece_domain.identity import UserId
from ece_domain.kernel import (
    CursorPosition,
    Page,
    PageRequest,
    TimeRange,
    cursor_of,
    cursor_values,
    id_in,
    text_in,
)

from .card_sets import card_set_of
from .cards import condition_of, grade_of
from .printings import details_fields

Item = TypeVar("Item")


@frozen
class _Order:
    """The sort columns of a list, the id last."""

    columns: tuple[str, ...]
    is_descending: bool = False

    @property
    def by(self) -> str:
        return ", ".join(
            f"{column} DESC" if self.is_descending else column for column in self.columns
        )

    def cursor(self, row: asyncpg.Record) -> CursorPosition:
        return cursor_of(*(row[column.partition(".")[2]] for column in self.columns))


_SET_ORDER = _Order(("s.code", "s.id"))
_PRINTING_ORDER = {
    PrintingSort.NAME: _Order(("p.name_key", "p.id")),
    PrintingSort.NUMBER: _Order(("p.number_key", "p.id")),
    PrintingSort.RARITY: _Order(("p.rarity_rank", "p.id"), is_descending=True),
    PrintingSort.NEWEST: _Order(("p.id",), is_descending=True),
}
_CARD_ORDER = {
    CardSort.NEWEST: _Order(("c.id",), is_descending=True),
    CardSort.SERIAL: _Order(("c.serial", "c.id")),
}


@define
class Query:
    """Builds conditions of a query. Values from a client are arguments only, never SQL text."""

    arguments: list[object] = field(factory=list)
    _conditions: list[str] = field(factory=list)

    def where(self, condition: str, *arguments: object) -> None:
        """Add a condition; each ``{}`` in it is replaced by an argument."""
        first = len(self.arguments) + 1
        self.arguments += arguments
        numbers = (f"${first + nth}" for nth in range(len(arguments)))
        self._conditions.append(condition.format(*numbers))

    def within(self, column: str, period: TimeRange) -> None:
        """Add the bounds that a period has."""
        if period.starts_at is not None:
            self.where(f"{column} > {{}}", period.starts_at)
        if period.ends_at is not None:
            self.where(f"{column} < {{}}", period.ends_at)

    def go_on(self, order: _Order, after: tuple[object, ...] | None) -> None:
        """Add the condition of a cursor: rows after its values. The first page has none."""
        if after is None:
            return
        comparison = "<" if order.is_descending else ">"
        holes = ", ".join(["{}"] * len(after))
        self.where(f"({', '.join(order.columns)}) {comparison} ({holes})", *after)

    @property
    def conditions(self) -> str:
        return " AND ".join(self._conditions) or "true"


@define
class PostgresCatalog:
    _unit: UnitOfWork

    async def list_sets(self, page: PageRequest) -> Page[CardSet]:
        query = Query()
        query.go_on(_SET_ORDER, cursor_values(page, text_in, id_in))
        rows = await self._fetch("SELECT s.* FROM cards_set AS s", query, _SET_ORDER, page)
        return _page(rows, page, card_set_of, _SET_ORDER)

    async def printing(self, printing_id: PrintingId) -> PrintingView:
        row = await self._unit.fetch_row(f"{_PRINTINGS} WHERE p.id = $1", printing_id)
        if row is None:
            raise PrintingNotFound
        return shown_printing(row)

    async def card(self, card_id: CardId) -> CardView:
        row = await self._unit.fetch_row(f"{_CARDS} WHERE c.id = $1", card_id)
        if row is None:
            raise CardNotFound(card_id=card_id)
        return _shown_card(row)

    async def find_printings(
        self, filter: PrintingFilter, sort: PrintingSort, page: PageRequest
    ) -> Page[PrintingView]:
        query, order = await self.matching(filter), _PRINTING_ORDER[sort]
        query.go_on(order, cursor_values(page, *sort.cursor_parts))
        rows = await self._fetch(_PRINTINGS, query, order, page)
        return _page(rows, page, shown_printing, order)

    async def count_facets(self, filter: PrintingFilter) -> Facets:
        return await self.facets_of(await self.matching(filter), "cards_printing AS p")

    async def find_cards(
        self, filter: CardFilter, sort: CardSort, page: PageRequest
    ) -> Page[CardView]:
        query, order = await self.matching(filter), _CARD_ORDER[sort]
        if filter.printing_id:
            query.where("c.printing_id = {}", filter.printing_id)
        if filter.owner_id:
            query.where("c.owner_id = {}", filter.owner_id)
        query.within("c.minted_at", filter.minted)
        query.go_on(order, cursor_values(page, *sort.cursor_parts))
        rows = await self._fetch(_CARDS, query, order, page)
        return _page(rows, page, _shown_card, order)

    async def _fetch(
        self, select: str, query: Query, order: _Order, page: PageRequest
    ) -> list[asyncpg.Record]:
        # One row more than the page, to know whether there is a next page.
        return await self._unit.fetch(
            f"{select} WHERE {query.conditions} ORDER BY {order.by} LIMIT {page.limit + 1}",
            *query.arguments,
        )

    async def facets_of(self, query: Query, *sources: str) -> Facets:
        """The facets of the rows of a source, in which ``p`` is the printing, that match."""
        found = " UNION ALL ".join(_FACETED.format(source, query.conditions) for source in sources)
        statement = _FACETS.format(found=found, bound=MAX_FACETED, max_facets=MAX_FACETS)
        rows = await self._unit.fetch(statement, *query.arguments)
        return Facets(
            card_sets=_facets(rows, _CARD_SETS),
            rarities=_facets(rows, _RARITIES),
            finishes=_facets(rows, _FINISHES),
            artists=_facets(rows, _ARTISTS),
            is_capped=any(row["is_capped"] for row in rows),
        )

    async def matching(self, filter: PrintingFilter) -> Query:
        """The conditions on a printing ``p``."""
        query = Query()
        if words := words_of(filter.text):
            rows = await self._unit.fetch(_AS_MEANT, words)
            if any(row["meant"] is None for row in rows):
                query.where("false")
            else:
                # A word has only letters and digits, so it needs no escaping.
                beginnings = " & ".join(f"'{row['meant']}':*" for row in rows)
                query.where("p.search @@ {}::text::tsquery", beginnings)
        if filter.set_code:
            query.where(
                "p.set_id = (SELECT id FROM cards_set WHERE code = {})", filter.set_code.text
            )
        if filter.rarity is not None:
            query.where("p.rarity = {}", filter.rarity)
        if filter.finish is not None:
            query.where("p.finish = {}", filter.finish)
        if filter.artist is not None:
            query.where("p.artist = {}", filter.artist)
        return query


PRINTING_COLUMNS = """
    p.id AS printing_id, p.version AS printing_version, s.code AS set_code, s.name AS set_name,
    p.number, p.number_key, p.name, p.name_key, p.rarity, p.rarity_rank, p.finish, p.variant,
    p.artist, p.rules, p.flavor, p.image, p.print_run, p.minted,
    p.created_at AS printing_created_at, p.updated_at AS printing_updated_at
"""
_PRINTINGS = f"""
SELECT p.id, {PRINTING_COLUMNS}
FROM cards_printing AS p JOIN cards_set AS s ON s.id = p.set_id
"""  # noqa: S608 - all of it is our own text
_CARDS = f"""
SELECT c.id, c.version, c.serial, c.owner_id, c.hold_id, c.minted_to_id, c.minted_at,
    c.updated_at, c.condition_scale, c.condition_code, c.grade_company, c.grade, c.certificate,
    {PRINTING_COLUMNS}
FROM cards_card AS c
JOIN cards_printing AS p ON p.id = c.printing_id JOIN cards_set AS s ON s.id = p.set_id
"""  # noqa: S608 - all of it is our own text
# One pass counts all four kinds, of the first rows that are found: sorting them would cost as much
# as counting all. For searches without words, an index has exactly these columns.
_FACETED = "SELECT p.set_id, p.rarity, p.finish, p.artist FROM {} WHERE {}"
_FACETS = """
WITH found AS MATERIALIZED (
    {found} LIMIT {bound} + 1
), counted AS (
    SELECT grouping(p.set_id, p.rarity, p.finish) AS kind, count(*) AS count,
        p.set_id, coalesce(p.rarity, p.finish, p.artist) AS value
    FROM (SELECT * FROM found LIMIT {bound}) AS p
    GROUP BY GROUPING SETS ((p.set_id), (p.rarity), (p.finish), (p.artist))
), named AS (
    SELECT kind, count, coalesce(s.code, value) COLLATE "C" AS value
    FROM counted LEFT JOIN cards_set AS s ON s.id = set_id
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY count DESC, value) AS nth
    FROM named WHERE value <> ''
)
SELECT *, (SELECT count(*) > {bound} FROM found) AS is_capped
FROM placed WHERE nth <= {max_facets} ORDER BY nth
"""
_CARD_SETS, _RARITIES, _FINISHES, _ARTISTS = 0b011, 0b101, 0b110, 0b111
_AS_MEANT = """
SELECT CASE
    WHEN EXISTS (
        SELECT FROM cards_word WHERE word >= asked AND word < asked || U&'\\+10FFFF'
    ) THEN asked
    ELSE (
        SELECT word FROM cards_word WHERE word % asked
        ORDER BY similarity(word, asked) DESC, word LIMIT 1
    )
END AS meant
FROM unnest($1::text[]) AS asked
"""


def _page(
    rows: list[asyncpg.Record],
    page: PageRequest,
    item: Callable[[asyncpg.Record], Item],
    order: _Order,
) -> Page[Item]:
    shown = rows[: page.limit]
    items = tuple(map(item, shown))
    return Page(items, order.cursor(shown[-1]) if len(rows) > page.limit else None)


def _facets(rows: list[asyncpg.Record], kind: int) -> tuple[Facet, ...]:
    return tuple(Facet(row["value"], row["count"]) for row in rows if row["kind"] == kind)


def shown_printing(row: asyncpg.Record) -> PrintingView:
    return PrintingView(
        id=PrintingId(row["printing_id"]),
        version=row["printing_version"],
        set_code=row["set_code"],
        set_name=row["set_name"],
        **details_fields(row),
        print_run=row["print_run"],
        minted_count=row["minted"],
        created_at=row["printing_created_at"],
        updated_at=row["printing_updated_at"],
    )


def _shown_card(row: asyncpg.Record) -> CardView:
    return CardView(
        id=CardId(row["id"]),
        version=row["version"],
        printing=shown_printing(row),
        serial=row["serial"],
        owner_id=UserId(row["owner_id"]),
        is_held=row["hold_id"] is not None,
        minted_to_id=UserId(row["minted_to_id"]),
        minted_at=row["minted_at"],
        updated_at=row["updated_at"],
        condition=condition_of(row),
        grade=grade_of(row),
    )
