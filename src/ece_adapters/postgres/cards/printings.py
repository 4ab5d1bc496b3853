from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import itemgetter
from typing import Any

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.refusals import CONSTRAINTS
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_domain.cards import (
    AlreadyImported,
    CardSetId,
    Printing,
    PrintingDetails,
    PrintingExists,
    PrintingId,
    PrintingNotFound,
)
from ece_domain.cards.storage import name_key, number_key
from ece_domain.kernel import ConcurrentChange

from .card_sets import origin_of

CONSTRAINTS.update(
    cards_printing_once=PrintingExists,
    cards_printing_origin_once=AlreadyImported,
    cards_printing_pkey=ConcurrentChange,
)


@define
class PostgresPrintings:
    _unit: UnitOfWork

    async def get(self, printing_id: PrintingId) -> Printing:
        row = await self._unit.fetch_row("SELECT * FROM cards_printing WHERE id = $1", printing_id)
        if row is None:
            raise PrintingNotFound
        return _printing_of(row)

    async def get_for_update(self, printing_id: PrintingId) -> Printing:
        row = await self._unit.fetch_row_for_update(
            "SELECT * FROM cards_printing WHERE id = $1 FOR NO KEY UPDATE", printing_id
        )
        if row is None:
            raise PrintingNotFound
        return _printing_of(row)

    async def of_source(self, source: str) -> Mapping[str, Printing]:
        rows = await self._unit.fetch("SELECT * FROM cards_printing WHERE source = $1", source)
        return {row["source_key"]: _printing_of(row) for row in rows}

    async def of_others(self, source: str, card_sets: Collection[CardSetId]) -> Sequence[Printing]:
        rows = await self._unit.fetch(
            "SELECT * FROM cards_printing WHERE set_id = ANY ($1) AND source IS DISTINCT FROM $2",
            list(card_sets),
            source,
        )
        return [_printing_of(row) for row in rows]

    async def add(self, printings: Sequence[Printing]) -> None:
        # In batches, because of the statement timeout.
        words: set[str] = set()
        for first in range(0, len(printings), _PART):
            rows = [_printing_row(printing) for printing in printings[first : first + _PART]]
            await self._unit.copy("cards_printing", _PRINTING_COLUMNS, rows)
            words |= _words_in(rows)
        self._learn_words(words)

    def save(self, *printings: Printing) -> None:
        if not printings:
            return
        rows = sorted(map(_printing_row, printings), key=itemgetter(0))
        self._unit.batch.write(
            _SAVE_PRINTINGS,
            *map(list, zip(*rows, strict=True)),
            rows=len(rows),
            row=("cards_printing", str(rows[0][0])),
        )
        self._learn_words(_words_in(rows))
        for printing in printings:
            self._unit.publish(*printing.events)

    def _learn_words(self, words: AbstractSet[str]) -> None:
        self._unit.batch.write(_LEARN_WORDS, sorted(words), row=("cards_word", ""))


_PART = 2_000
_PRINTING_COLUMNS = (
    *("id", "version", "set_id", "number", "number_key", "name", "name_key", "rarity"),
    *("rarity_rank", "finish", "variant", "artist", "rules", "flavor", "image", "print_run"),
    *("minted", "source", "source_key", "imported_digest", "created_at", "updated_at", "words"),
)
_DESIGN_COLUMNS = (
    *("number", "name", "rarity", "finish", "variant"),
    *("artist", "rules", "flavor", "image"),
)
_SAVE_PRINTINGS = f"""
INSERT INTO cards_printing AS saved ({", ".join(_PRINTING_COLUMNS)})
SELECT * FROM unnest(
    $1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::integer[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
    $15::text[], $16::integer[], $17::integer[], $18::text[], $19::text[], $20::bytea[],
    $21::timestamptz[], $22::timestamptz[], $23::text[]
)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, set_id = excluded.set_id, number = excluded.number,
    number_key = excluded.number_key, name = excluded.name, name_key = excluded.name_key,
    rarity = excluded.rarity, rarity_rank = excluded.rarity_rank, finish = excluded.finish,
    variant = excluded.variant, artist = excluded.artist, rules = excluded.rules,
    flavor = excluded.flavor, image = excluded.image, print_run = excluded.print_run,
    minted = excluded.minted, source = excluded.source, source_key = excluded.source_key,
    imported_digest = excluded.imported_digest, created_at = excluded.created_at,
    updated_at = excluded.updated_at, words = excluded.words
WHERE saved.version = excluded.version - 1
"""  # noqa: S608 - all of it is our own text
# Sorted, so that two transactions with the same new words cannot deadlock.
_LEARN_WORDS = """
INSERT INTO cards_word SELECT word FROM unnest($1::text[]) AS word ORDER BY word COLLATE "C"
ON CONFLICT DO NOTHING
"""


def _printing_row(printing: Printing) -> tuple[object, ...]:
    details, origin = printing.details, printing.origin
    return (
        printing.id,
        printing.version + 1,
        printing.card_set_id,
        details.number,
        number_key(details.number),
        details.name,
        name_key(details.name),
        details.rarity,
        printing.rarity_rank,
        details.finish,
        details.variant,
        details.artist,
        details.rules,
        details.flavor,
        details.image,
        printing.print_run,
        printing.minted_count,
        origin and origin.source,
        origin and origin.key,
        printing.imported_digest,
        printing.created_at,
        printing.updated_at,
        " ".join(details.words),
    )


def _words_in(rows: Iterable[tuple[object, ...]]) -> set[str]:
    """The words of printings' rows, in the last column."""
    return {word for row in rows for word in str(row[-1]).split()}


def details_fields(row: asyncpg.Record) -> dict[str, Any]:
    """The fields of PrintingDetails in a row of a printing, or in a row joined with it."""
    return {column: row[column] for column in _DESIGN_COLUMNS}


def _printing_of(row: asyncpg.Record) -> Printing:
    return Printing(
        version=row["version"],
        id=PrintingId(row["id"]),
        card_set_id=CardSetId(row["set_id"]),
        details=PrintingDetails(**details_fields(row)),
        rarity_rank=row["rarity_rank"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        print_run=row["print_run"],
        minted_count=row["minted"],
        origin=origin_of(row),
        imported_digest=row["imported_digest"],
    )
