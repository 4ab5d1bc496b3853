from collections.abc import Sequence

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.batch import LedgerRows
from ece_adapters.postgres.engine.refusals import CONSTRAINTS
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_domain.cards import (
    Card,
    CardId,
    CardNotFound,
    CertificateTaken,
    Condition,
    ConditionScale,
    Grade,
    PrintingId,
)
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange

CONSTRAINTS.update(
    cards_card_pkey=ConcurrentChange,
    cards_card_serial_once=ConcurrentChange,
)


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
            card.owner_id,
            card.is_held,
            card.updated_at,
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


_CARD_COLUMNS = (
    "id",
    "printing_id",
    "serial",
    "owner_id",
    "minted_to_id",
    "minted_at",
    "updated_at",
    "condition_scale",
    "condition_code",
    "grade_company",
    "grade",
    "certificate",
)
_FEW = 100
"""The most cards that the statement of the writes inserts; more are sent with COPY first."""
_INSERT_CARDS = f"""
INSERT INTO cards_card ({", ".join(_CARD_COLUMNS)})
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::integer[], $4::uuid[], $5::uuid[], $6::timestamptz[],
    $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]
)
"""  # noqa: S608 - all of it is our own text
_UPDATE_CARD = """
UPDATE cards_card
SET version = version + 1, updated_at = $5, condition_scale = $6, condition_code = $7,
    grade_company = $8, grade = $9, certificate = $10
WHERE id = $1 AND version = $2 AND owner_id = $3 AND (hold_id IS NOT NULL) = $4
"""
# Waits for a concurrent claim of the same key. An existing claim of this card counts too.
_CLAIM_CERTIFICATE = """
INSERT INTO cards_certificate_claim AS claim (grade_company, certificate, card_id)
VALUES ($1, $2, $3)
ON CONFLICT (grade_company, certificate) DO UPDATE SET card_id = claim.card_id
WHERE claim.card_id = excluded.card_id
"""


def _card_row(card: Card) -> tuple[object, ...]:
    return (
        card.id,
        card.printing_id,
        card.serial,
        card.owner_id,
        card.minted_to_id,
        card.minted_at,
        card.updated_at,
        *_assessment_columns(card),
    )


def card_of(row: asyncpg.Record) -> Card:
    return Card(
        version=row["version"],
        id=CardId(row["id"]),
        printing_id=PrintingId(row["printing_id"]),
        serial=row["serial"],
        owner_id=UserId(row["owner_id"]),
        is_held=row["hold_id"] is not None,
        minted_to_id=UserId(row["minted_to_id"]),
        minted_at=row["minted_at"],
        updated_at=row["updated_at"],
        assessment=assessment_of(row),
    )


def _assessment_columns(card: Card) -> tuple[str | None, ...]:
    match card.assessment:
        case Condition(scale, code):
            return (scale.value, code, None, None, None)
        case Grade(company, grade, certificate):
            return (None, None, company, grade, certificate)
        case None:
            return (None,) * 5


def assessment_of(row: asyncpg.Record) -> Condition | Grade | None:
    return condition_of(row) or grade_of(row)


def condition_of(row: asyncpg.Record) -> Condition | None:
    if row["condition_scale"] is None:
        return None
    return Condition(ConditionScale(row["condition_scale"]), row["condition_code"])


def grade_of(row: asyncpg.Record) -> Grade | None:
    if row["certificate"] is None:
        return None
    return Grade(row["grade_company"], row["grade"], row["certificate"])
