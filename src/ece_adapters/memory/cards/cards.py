from collections.abc import Sequence
from functools import partial

from attrs import define, evolve

from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_adapters.memory.ledger.tables import LedgerTables
from ece_domain.cards import (
    Card,
    CardId,
    CardNotFound,
    CertificateTaken,
    Grade,
)
from ece_domain.kernel import ConcurrentChange
from ece_domain.ledger.storage import CardOwnership

from .tables import CardsTables, claim


@define
class MemoryCards:
    _tables: CardsTables
    _ledger: LedgerTables
    _unit: UnitOfWork

    async def get(self, card_id: CardId) -> Card:
        card = self._tables.cards.get(card_id)
        if card is None:
            raise CardNotFound(card_id=card_id)
        return with_ownership(card, self._ledger)

    async def add(self, cards: Sequence[Card]) -> None:
        for card in cards:
            self._unit.later(partial(self._add, card))

    def require_unchanged(self, card: Card) -> None:
        self._unit.require_unchanged(self._tables.cards, card.id, card)

    def save(self, card: Card) -> None:
        row = (self._tables.cards.name, str(card.id))
        self._unit.later(lambda: self._check_ownership(card), row=row)
        self._unit.save(self._tables.cards, card.id, card)
        self._unit.later(lambda: self._claim_certificate(card), row=row)

    def _add(self, card: Card) -> None:
        claim(self._tables.serials, (card.printing_id, card.serial), card.id, ConcurrentChange)
        self._tables.cards.put(card.id, evolve(card, version=1))
        self._ledger.mint(card.id, card.owner_id)
        self._claim_certificate(card)

    def _check_ownership(self, card: Card) -> None:
        present = with_ownership(card, self._ledger)
        if (card.owner_id, card.is_held) != (present.owner_id, present.is_held):
            raise ConcurrentChange

    def _claim_certificate(self, card: Card) -> None:
        if isinstance(card.assessment, Grade):
            name = _certificate(card.assessment)
            claim(self._tables.certificates, name, card.id, CertificateTaken)


def with_ownership(card: Card, ledger: LedgerTables) -> Card:
    """The card with its owner and hold from the ledger."""
    card_ownership = ledger.card_ownerships.get(card.id) or CardOwnership(card.minted_to_id)
    return evolve(
        card, owner_id=card_ownership.owner_id, is_held=card_ownership.hold_id is not None
    )


def _certificate(grade: Grade) -> tuple[str, str]:
    return grade.company, grade.certificate
