from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

from attrs import define, evolve, field

from ece_adapters.memory.engine.table import Table, UndoLog
from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_adapters.memory.ledger.ledger import LedgerTables
from ece_domain.cards import (
    AlreadyImported,
    Card,
    CardId,
    CardNotFound,
    CardSet,
    CardSetId,
    CardSetNotFound,
    CertificateTaken,
    Grade,
    Origin,
    Printing,
    PrintingExists,
    PrintingId,
    PrintingNotFound,
    SetCode,
    SetCodeTaken,
)
from ece_domain.kernel import ConcurrentChange, DomainError
from ece_domain.ledger import CardOwnership

Name = TypeVar("Name", bound=Hashable)


@define
class CardsTables:
    """Sets, printings and cards, what is unique among them, and every word that printings had."""

    _undo_log: UndoLog
    sets: Table[UUID, CardSet] = field(init=False)
    set_codes: Table[SetCode, UUID] = field(init=False)
    set_origins: Table[Origin, UUID] = field(init=False)
    printings: Table[UUID, Printing] = field(init=False)
    designs: Table[tuple[CardSetId, str, str, str], UUID] = field(init=False)
    printing_origins: Table[Origin, UUID] = field(init=False)
    cards: Table[UUID, Card] = field(init=False)
    serials: Table[tuple[PrintingId, int], UUID] = field(init=False)
    certificates: Table[tuple[str, str], UUID] = field(init=False)
    words: Table[str, str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.sets = Table(self._undo_log, "cards_set")
        self.set_codes = Table(self._undo_log)
        self.set_origins = Table(self._undo_log)
        self.printings = Table(self._undo_log, "cards_printing")
        self.designs = Table(self._undo_log)
        self.printing_origins = Table(self._undo_log)
        self.cards = Table(self._undo_log, "cards_card")
        self.serials = Table(self._undo_log)
        self.certificates = Table(self._undo_log)
        self.words = Table(self._undo_log)


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
        _claim(self._tables.set_codes, card_set.code, card_set.id, SetCodeTaken)
        if card_set.origin:
            _claim(self._tables.set_origins, card_set.origin, card_set.id, AlreadyImported)


@define
class MemoryPrintings:
    _tables: CardsTables
    _unit: UnitOfWork

    async def get(self, printing_id: PrintingId) -> Printing:
        printing = self._tables.printings.get(printing_id)
        if printing is None:
            raise PrintingNotFound
        return printing

    async def get_for_update(self, printing_id: PrintingId) -> Printing:
        await self._unit.lock((self._tables.printings.name, str(printing_id)))
        return await self.get(printing_id)

    async def of_source(self, source: str) -> Mapping[str, Printing]:
        return {
            printing.origin.key: printing
            for printing in self._tables.printings
            if printing.origin and printing.origin.source == source
        }

    async def of_others(self, source: str, card_sets: Collection[CardSetId]) -> Sequence[Printing]:
        return [
            printing
            for printing in self._tables.printings
            if printing.card_set_id in card_sets
            and (printing.origin is None or printing.origin.source != source)
        ]

    async def add(self, printings: Sequence[Printing]) -> None:
        self.save(*printings)

    def save(self, *printings: Printing) -> None:
        if not printings:
            return
        in_order = sorted(printings, key=lambda printing: printing.id)
        # One place among the writes for all of them, so that they may swap their numbers.
        row = (self._tables.printings.name, str(in_order[0].id))
        for printing in in_order:
            self._unit.later(partial(self._give_up_place, printing), row=row)
        for printing in in_order:
            self._unit.later(partial(self._check_scarcity_kept, printing), row=row)
            own = (self._tables.printings.name, str(printing.id))
            write = partial(self._unit.save_now, self._tables.printings, printing.id, printing)
            self._unit.later(write, row=row, rows=(own,))
        for printing in in_order:
            self._unit.later(partial(self._claim, printing), row=row)
        for printing in printings:
            self._unit.publish(*printing.events)

    def _give_up_place(self, printing: Printing) -> None:
        earlier = self._tables.printings.get(printing.id)
        if earlier is not None:
            self._tables.designs.remove(_place(earlier))

    def _check_scarcity_kept(self, printing: Printing) -> None:
        earlier = self._tables.printings.get(printing.id)
        if earlier is not None and earlier.version == printing.version:
            earlier.check_scarcity_kept(printing.print_run)

    def _claim(self, printing: Printing) -> None:
        _claim(self._tables.designs, _place(printing), printing.id, PrintingExists)
        if printing.origin:
            _claim(self._tables.printing_origins, printing.origin, printing.id, AlreadyImported)
        for word in printing.design.words:
            self._tables.words.put(word, word)


@define
class MemoryCards:
    _tables: CardsTables
    _ledger: LedgerTables
    _unit: UnitOfWork

    async def get(self, card_id: CardId) -> Card:
        card = self._tables.cards.get(card_id)
        if card is None:
            raise CardNotFound(card_id=card_id)
        return as_possessed(card, self._ledger)

    async def add(self, cards: Sequence[Card]) -> None:
        for card in cards:
            self._unit.later(partial(self._add, card))

    def require_unchanged(self, card: Card) -> None:
        self._unit.require_unchanged(self._tables.cards, card.id, card)

    def save(self, card: Card) -> None:
        row = (self._tables.cards.name, str(card.id))
        self._unit.later(lambda: self._check_possession(card), row=row)
        self._unit.save(self._tables.cards, card.id, card)
        self._unit.later(lambda: self._claim_certificate(card), row=row)

    def _add(self, card: Card) -> None:
        _claim(self._tables.serials, (card.printing_id, card.serial), card.id, ConcurrentChange)
        self._tables.cards.put(card.id, evolve(card, version=1))
        self._ledger.mint(card.id, card.owner_id)
        self._claim_certificate(card)

    def _check_possession(self, card: Card) -> None:
        present = as_possessed(card, self._ledger)
        if (card.owner_id, card.is_held) != (present.owner_id, present.is_held):
            raise ConcurrentChange

    def _claim_certificate(self, card: Card) -> None:
        if isinstance(card.assessment, Grade):
            name = _certificate(card.assessment)
            _claim(self._tables.certificates, name, card.id, CertificateTaken)


def as_possessed(card: Card, ledger: LedgerTables) -> Card:
    """The card with its owner, and whether it is held, as the ledger knows it."""
    card_ownership = ledger.card_ownerships.get(card.id) or CardOwnership(card.minted_to_id)
    return evolve(
        card, owner_id=card_ownership.owner_id, is_held=card_ownership.hold_id is not None
    )


def _claim(table: Table[Name, UUID], name: Name, by: UUID, refusal: type[DomainError]) -> None:
    if (table.get(name) or by) != by:
        raise refusal()
    table.put(name, by)


def _place(printing: Printing) -> tuple[CardSetId, str, str, str]:
    design = printing.design
    return printing.card_set_id, design.number, design.finish, design.variant


def _certificate(grade: Grade) -> tuple[str, str]:
    return grade.company, grade.certificate
