from collections.abc import Mapping

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.refusals import CONSTRAINTS
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.storage import stored_json
from ece_domain.cards import (
    AlreadyImported,
    CardSet,
    CardSetId,
    CardSetNotFound,
    FinishDefinition,
    Origin,
    RarityDefinition,
    Release,
    SetCode,
    SetCodeTaken,
)
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange, Rate

CONSTRAINTS.update(
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
        release, origin, said = card_set.release, card_set.origin, card_set.imported_release
        self._unit.batch.write(
            _INSERT_SET if card_set.version == 0 else _UPDATE_SET,
            card_set.id,
            card_set.version,
            card_set.code.text,
            card_set.issuer_id,
            card_set.creator_id,
            card_set.royalty.ppm,
            release.name,
            release.released_on,
            release.declared_count,
            stored_json.encode(release.rarities, RarityDefinition),
            stored_json.encode(release.finishes, FinishDefinition),
            origin and origin.source,
            origin and origin.key,
            said and stored_json.encode(said, Release),
            card_set.created_at,
            card_set.updated_at,
            rows=1,
            row=("cards_set", str(card_set.id)),
        )
        self._unit.publish(*card_set.events)


_INSERT_SET = """
INSERT INTO cards_set
    (id, version, code, issuer_id, creator_id, royalty_ppm, name, released_on, declared_count,
     rarities, finishes, source, source_key, imported_release, created_at, updated_at)
VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""
_UPDATE_SET = """
UPDATE cards_set
SET version = version + 1, code = $3, issuer_id = $4, creator_id = $5, royalty_ppm = $6, name = $7,
    released_on = $8, declared_count = $9, rarities = $10, finishes = $11, source = $12,
    source_key = $13, imported_release = $14, created_at = $15, updated_at = $16
WHERE id = $1 AND version = $2
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
        issuer_id=UserId(row["issuer_id"]),
        creator_id=UserId(row["creator_id"]),
        royalty=Rate(row["royalty_ppm"]),
        release=Release(
            name=row["name"],
            released_on=row["released_on"],
            declared_count=row["declared_count"],
            rarities=stored_json.decode_each(row["rarities"], RarityDefinition),
            finishes=stored_json.decode_each(row["finishes"], FinishDefinition),
        ),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        origin=origin_of(row),
        imported_release=row["imported_release"]
        and stored_json.decode(row["imported_release"], Release),
    )


def origin_of(row: asyncpg.Record) -> Origin | None:
    return None if row["source"] is None else Origin(row["source"], row["source_key"])
