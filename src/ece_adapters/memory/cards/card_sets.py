from collections.abc import Mapping
from uuid import UUID

from attrs import define

from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_domain.cards import (
    AlreadyImported,
    CardSet,
    CardSetId,
    CardSetNotFound,
    SetCode,
    SetCodeTaken,
)

from .tables import CardsTables, claim


@define
class MemoryCardSets:
    _tables: CardsTables
    _unit: UnitOfWork

    async def get(self, card_set_id: CardSetId) -> CardSet:
        return self._known(card_set_id)

    async def with_code(self, code: SetCode) -> CardSet:
        return self._known(self._tables.set_codes.get(code))

    async def of_source(self, source: str) -> Mapping[str, CardSet]:
        return {
            card_set.origin.key: card_set
            for card_set in self._tables.sets
            if card_set.origin and card_set.origin.source == source
        }

    def require_unchanged(self, card_set: CardSet) -> None:
        self._unit.require_unchanged(self._tables.sets, card_set.id, card_set)

    def save(self, card_set: CardSet) -> None:
        self._unit.save(self._tables.sets, card_set.id, card_set)
        row = (self._tables.sets.name, str(card_set.id))
        self._unit.later(lambda: self._claim(card_set), row=row)

    def _known(self, card_set_id: UUID | None) -> CardSet:
        card_set = self._tables.sets.get(card_set_id) if card_set_id else None
        if card_set is None:
            raise CardSetNotFound
        return card_set

    def _claim(self, card_set: CardSet) -> None:
        claim(self._tables.set_codes, card_set.code, card_set.id, SetCodeTaken)
        if card_set.origin:
            claim(self._tables.set_origins, card_set.origin, card_set.id, AlreadyImported)
