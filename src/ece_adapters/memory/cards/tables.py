from collections.abc import Hashable
from typing import TypeVar
from uuid import UUID

from attrs import define, field, frozen

from ece_adapters.memory.engine.table import Table, UndoLog
from ece_domain.cards import (
    Card,
    CardSet,
    CardSetId,
    Origin,
    Printing,
    PrintingDetails,
    PrintingId,
    SetCode,
)
from ece_domain.cards.storage import name_key, number_key
from ece_domain.kernel import DomainError

Name = TypeVar("Name", bound=Hashable)


@frozen
class SearchKeys:
    """What a printing is found and sorted by. Computed once, since long texts take milliseconds."""

    words: tuple[str, ...]
    name: str
    number: str

    @classmethod
    def of(cls, details: PrintingDetails) -> "SearchKeys":
        return cls(details.words, name_key(details.name), number_key(details.number))


@define
class CardsTables:
    """Sets, printings and cards, their unique keys, and all words of printings."""

    _undo_log: UndoLog
    sets: Table[UUID, CardSet] = field(init=False)
    set_codes: Table[SetCode, UUID] = field(init=False)
    set_origins: Table[Origin, UUID] = field(init=False)
    printings: Table[UUID, Printing] = field(init=False)
    search_keys: Table[UUID, SearchKeys] = field(init=False)
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
        self.search_keys = Table(self._undo_log)
        self.designs = Table(self._undo_log)
        self.printing_origins = Table(self._undo_log)
        self.cards = Table(self._undo_log, "cards_card")
        self.serials = Table(self._undo_log)
        self.certificates = Table(self._undo_log)
        self.words = Table(self._undo_log)


def claim(table: Table[Name, UUID], name: Name, by: UUID, refusal: type[DomainError]) -> None:
    if (table.get(name) or by) != by:
        raise refusal()
    table.put(name, by)
