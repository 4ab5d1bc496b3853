from collections.abc import Collection, Mapping, Sequence
from functools import partial

from attrs import define

from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_domain.cards import (
    AlreadyImported,
    CardSetId,
    Printing,
    PrintingExists,
    PrintingId,
    PrintingNotFound,
)

from .tables import CardsTables, SearchKeys, claim


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
        # One write for all of them, so that they may swap their numbers.
        row = (self._tables.printings.name, str(in_order[0].id))
        for printing in in_order:
            self._unit.later(partial(self._release_number, printing), row=row)
        for printing in in_order:
            self._unit.later(partial(self._check_scarcity_kept, printing), row=row)
            own = (self._tables.printings.name, str(printing.id))
            write = partial(self._unit.save_now, self._tables.printings, printing.id, printing)
            self._unit.later(write, row=row, rows=(own,))
        for printing in in_order:
            self._unit.later(partial(self._claim, printing), row=row)
        for printing in printings:
            self._unit.publish(*printing.events)

    def _release_number(self, printing: Printing) -> None:
        earlier = self._tables.printings.get(printing.id)
        if earlier is not None:
            self._tables.designs.remove(_numbered_as(earlier))

    def _check_scarcity_kept(self, printing: Printing) -> None:
        earlier = self._tables.printings.get(printing.id)
        if earlier is not None and earlier.version == printing.version:
            earlier.check_scarcity_kept(printing.print_run)

    def _claim(self, printing: Printing) -> None:
        claim(self._tables.designs, _numbered_as(printing), printing.id, PrintingExists)
        if printing.origin:
            claim(self._tables.printing_origins, printing.origin, printing.id, AlreadyImported)
        keys = SearchKeys.of(printing.details)
        self._tables.search_keys.put(printing.id, keys)
        for word in keys.words:
            self._tables.words.put(word, word)


def _numbered_as(printing: Printing) -> tuple[CardSetId, str, str, str]:
    details = printing.details
    return printing.card_set_id, details.number, details.finish, details.variant
