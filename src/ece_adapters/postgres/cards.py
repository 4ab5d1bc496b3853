from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import itemgetter

import asyncpg
import msgspec
from attrs import define

from ece_domain.cards import (
    AlreadyImported,
    Card,
    CardId,
    CardNotFound,
    CardSet,
    CardSetId,
    CardSetNotFound,
    CertificateTaken,
    Condition,
    ConditionScale,
    Design,
    Finish,
    Grade,
    Origin,
    Printing,
    PrintingExists,
    PrintingId,
    PrintingNotFound,
    Rarity,
    Release,
    SetCode,
    SetCodeTaken,
    name_key,
    number_key,
)
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange, Rate

from .batch import LedgerRows
from .refusals import CONSTRAINTS
from .unit_of_work import UnitOfWork

CONSTRAINTS.update(
    cards_card_pkey=ConcurrentChange,
    cards_card_serial_once=ConcurrentChange,
    cards_printing_once=PrintingExists,
    cards_printing_origin_once=AlreadyImported,
    cards_printing_pkey=ConcurrentChange,
    cards_set_code_once=SetCodeTaken,
    cards_set_origin_once=AlreadyImported,
    cards_set_pkey=ConcurrentChange,
)


@define
class PostgresCardSets:
    _unit: UnitOfWork

    async def get(self, card_set_id: CardSetId) -> CardSet:
        return _known_set(
            await self._unit.fetch_row("SELECT * FROM cards_set WHERE id = $1", card_set_id)
        )

    async def with_code(self, code: SetCode) -> CardSet:
        return _known_set(
            await self._unit.fetch_row("SELECT * FROM cards_set WHERE code = $1", code.text)
        )

    async def of_source(self, source: str) -> Mapping[str, CardSet]:
        rows = await self._unit.fetch("SELECT * FROM cards_set WHERE source = $1", source)
        return {row["source_key"]: card_set_of(row) for row in rows}

    def require_unchanged(self, card_set: CardSet) -> None:
        self._unit.batch.require_unchanged("cards_set", card_set.id, card_set.version)

    def save(self, card_set: CardSet) -> None:
        release, origin = card_set.release, card_set.origin
        self._unit.batch.write(
            _INSERT_SET if card_set.version == 0 else _UPDATE_SET,
            card_set.id,
            card_set.version,
            card_set.code.text,
            card_set.issuer,
            card_set.creator,
            card_set.royalty.ppm,
            release.name,
            release.released_on,
            release.declared_count,
            msgspec.json.encode(release.rarities).decode(),
            msgspec.json.encode(release.finishes).decode(),
            origin and origin.source,
            origin and origin.key,
            _release_text(card_set.imported_release),
            rows=1,
            row=("cards_set", str(card_set.id)),
        )
        self._unit.publish(*card_set.events)


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

    async def add(self, printings: Sequence[Printing]) -> None:
        # In parts, as the time that one statement may take is limited.
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


@define
class PostgresCards:
    _unit: UnitOfWork

    async def get(self, card_id: CardId) -> Card:
        row = await self._unit.fetch_row("SELECT * FROM cards_card WHERE id = $1", card_id)
        if row is None:
            raise CardNotFound(card_id=card_id)
        return card_of(row)

    async def add(self, cards: Sequence[Card]) -> None:
        if len(cards) <= _FEW:
            columns = zip(*map(_card_row, cards), strict=True)
            row = ("cards_card", str(cards[0].id))
            self._unit.batch.write(_INSERT_CARDS, *map(list, columns), row=row)
        else:
            await self._unit.copy("cards_card", _CARD_COLUMNS, map(_card_row, cards))
        for card in cards:
            self._claim_certificate(card)

    def require_unchanged(self, card: Card) -> None:
        self._unit.batch.require_unchanged("cards_card", card.id, card.version)
        self._unit.batch.share_ledger_rows(LedgerRows(card_ids=[card.id]))

    def save(self, card: Card) -> None:
        self._unit.batch.write(
            _UPDATE_CARD,
            card.id,
            card.version,
            card.owner,
            card.held,
            *_assessment_columns(card),
            rows=1,
            row=("cards_card", str(card.id)),
        )
        self._claim_certificate(card)
        self._unit.batch.share_ledger_rows(LedgerRows(card_ids=[card.id]))
        self._unit.publish(*card.events)

    def _claim_certificate(self, card: Card) -> None:
        if isinstance(card.assessment, Grade):
            grade = card.assessment
            self._unit.batch.write(
                _CLAIM_CERTIFICATE,
                grade.company,
                grade.certificate,
                card.id,
                rows=1,
                refusal=CertificateTaken,
                row=("cards_certificate_claim", f"{grade.company} {grade.certificate}"),
            )


_INSERT_SET = """
INSERT INTO cards_set
    (id, version, code, issuer_id, creator_id, royalty_ppm, name, released_on, declared_count,
     rarities, finishes, source, source_key, imported_release)
VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
_UPDATE_SET = """
UPDATE cards_set
SET version = version + 1, code = $3, issuer_id = $4, creator_id = $5, royalty_ppm = $6, name = $7,
    released_on = $8, declared_count = $9, rarities = $10, finishes = $11, source = $12,
    source_key = $13, imported_release = $14
WHERE id = $1 AND version = $2
"""
_PART = 2_000
_PRINTING_COLUMNS = (
    *("id", "version", "set_id", "number", "number_key", "name", "name_key", "rarity"),
    *("rarity_rank", "finish", "variant", "artist", "rules", "flavour", "image", "print_run"),
    *("minted", "source", "source_key", "imported_digest", "words"),
)
_SAVE_PRINTINGS = f"""
INSERT INTO cards_printing AS saved ({", ".join(_PRINTING_COLUMNS)})
SELECT * FROM unnest(
    $1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::integer[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
    $15::text[], $16::integer[], $17::integer[], $18::text[], $19::text[], $20::bytea[],
    $21::text[]
)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, set_id = excluded.set_id, number = excluded.number,
    number_key = excluded.number_key, name = excluded.name, name_key = excluded.name_key,
    rarity = excluded.rarity, rarity_rank = excluded.rarity_rank, finish = excluded.finish,
    variant = excluded.variant, artist = excluded.artist, rules = excluded.rules,
    flavour = excluded.flavour, image = excluded.image, print_run = excluded.print_run,
    minted = excluded.minted, source = excluded.source, source_key = excluded.source_key,
    imported_digest = excluded.imported_digest, words = excluded.words
WHERE saved.version = excluded.version - 1
"""  # noqa: S608 - all of it is our own text
# In order, so that two savers of the same new words wait for each other and never in a circle.
_LEARN_WORDS = """
INSERT INTO cards_word SELECT word FROM unnest($1::text[]) AS word ORDER BY word COLLATE "C"
ON CONFLICT DO NOTHING
"""
_CARD_COLUMNS = (
    "id",
    "printing_id",
    "serial",
    "owner_id",
    "minted_to",
    "minted_at",
    "condition_scale",
    "condition_code",
    "grade_company",
    "grade",
    "certificate",
)
_FEW = 100
"""Cards that the one statement of the writes takes along; more of them are copied ahead of it."""
_INSERT_CARDS = f"""
INSERT INTO cards_card ({", ".join(_CARD_COLUMNS)})
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::integer[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[]
)
"""  # noqa: S608 - all of it is our own text
_UPDATE_CARD = """
UPDATE cards_card
SET version = version + 1, condition_scale = $5, condition_code = $6, grade_company = $7,
    grade = $8, certificate = $9
WHERE id = $1 AND version = $2 AND owner_id = $3 AND (hold_id IS NOT NULL) = $4
"""
# A rival's claim is waited for. One's own is found again, and counts as well.
_CLAIM_CERTIFICATE = """
INSERT INTO cards_certificate_claim AS claim (grade_company, certificate, card_id)
VALUES ($1, $2, $3)
ON CONFLICT (grade_company, certificate) DO UPDATE SET card_id = claim.card_id
WHERE claim.card_id = excluded.card_id
"""


def _known_set(row: asyncpg.Record | None) -> CardSet:
    if row is None:
        raise CardSetNotFound
    return card_set_of(row)


def card_set_of(row: asyncpg.Record) -> CardSet:
    return CardSet(
        version=row["version"],
        id=CardSetId(row["id"]),
        code=SetCode(row["code"]),
        issuer=UserId(row["issuer_id"]),
        creator=UserId(row["creator_id"]),
        royalty=Rate(row["royalty_ppm"]),
        release=Release(
            name=row["name"],
            released_on=row["released_on"],
            declared_count=row["declared_count"],
            rarities=msgspec.json.decode(row["rarities"], type=tuple[Rarity, ...]),
            finishes=msgspec.json.decode(row["finishes"], type=tuple[Finish, ...]),
        ),
        origin=_origin_of(row),
        imported_release=row["imported_release"]
        and msgspec.json.decode(row["imported_release"], type=Release),
    )


def _release_text(release: Release | None) -> str | None:
    return None if release is None else msgspec.json.encode(release).decode()


def _printing_row(printing: Printing) -> tuple[object, ...]:
    design, origin = printing.design, printing.origin
    return (
        printing.id,
        printing.version + 1,
        printing.card_set,
        design.number,
        number_key(design.number),
        design.name,
        name_key(design.name),
        design.rarity,
        printing.rarity_rank,
        design.finish,
        design.variant,
        design.artist,
        design.rules,
        design.flavour,
        design.image,
        printing.print_run,
        printing.minted,
        origin and origin.source,
        origin and origin.key,
        printing.imported_digest,
        " ".join(design.words),
    )


def _words_in(rows: Iterable[tuple[object, ...]]) -> set[str]:
    """The words of printings' rows, whose last column they are."""
    return {word for row in rows for word in str(row[-1]).split()}


def _printing_of(row: asyncpg.Record) -> Printing:
    return Printing(
        version=row["version"],
        id=PrintingId(row["id"]),
        card_set=CardSetId(row["set_id"]),
        design=Design(
            number=row["number"],
            name=row["name"],
            rarity=row["rarity"],
            finish=row["finish"],
            variant=row["variant"],
            artist=row["artist"],
            rules=row["rules"],
            flavour=row["flavour"],
            image=row["image"],
        ),
        rarity_rank=row["rarity_rank"],
        print_run=row["print_run"],
        minted=row["minted"],
        origin=_origin_of(row),
        imported_digest=row["imported_digest"],
    )


def _origin_of(row: asyncpg.Record) -> Origin | None:
    return None if row["source"] is None else Origin(row["source"], row["source_key"])


def _card_row(card: Card) -> tuple[object, ...]:
    return (
        card.id,
        card.printing,
        card.serial,
        card.owner,
        card.minted_to,
        card.minted_at,
        *_assessment_columns(card),
    )


def card_of(row: asyncpg.Record) -> Card:
    return Card(
        version=row["version"],
        id=CardId(row["id"]),
        printing=PrintingId(row["printing_id"]),
        serial=row["serial"],
        owner=UserId(row["owner_id"]),
        held=row["hold_id"] is not None,
        minted_to=UserId(row["minted_to"]),
        minted_at=row["minted_at"],
        assessment=condition_of(row) or grade_of(row),
    )


def _assessment_columns(card: Card) -> tuple[str | None, ...]:
    match card.assessment:
        case Condition(scale, code):
            return (scale.value, code, None, None, None)
        case Grade(company, grade, certificate):
            return (None, None, company, grade, certificate)
        case None:
            return (None,) * 5


def condition_of(row: asyncpg.Record) -> Condition | None:
    if row["condition_scale"] is None:
        return None
    return Condition(ConditionScale(row["condition_scale"]), row["condition_code"])


def grade_of(row: asyncpg.Record) -> Grade | None:
    if row["certificate"] is None:
        return None
    return Grade(row["grade_company"], row["grade"], row["certificate"])
