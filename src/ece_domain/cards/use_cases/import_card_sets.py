from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import final

from attrs import define, evolve, field, frozen

from ece_domain.cards.card import PrintingId
from ece_domain.cards.card_set import CardSet, CardSetId
from ece_domain.cards.errors import InvalidImport
from ece_domain.cards.import_records import CardSetRecord, ImportReport, PrintingRecord, Quirk
from ece_domain.cards.origin import Origin
from ece_domain.cards.ports import CardsTransaction
from ece_domain.cards.printing import Design, Printing
from ece_domain.identity import AdminsOnly, Role, UserId
from ece_domain.kernel import Begin, Clock, DomainError, NewId, Rate


@final
@frozen
class ImportCardSets:
    """Take over the card sets of a source: all of them, or none.

    What an earlier import made is found again by its key, and changed only where the source has
    changed. What the issuer set since (royalty, print runs) stays.
    """

    begin: Begin[CardsTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self, *, source: str, records: Iterable[CardSetRecord | PrintingRecord], issuer: UserId
    ) -> ImportReport:
        """
        :raises AdminsOnly: unless the issuer, who becomes that of new sets, is an admin.
        :raises InvalidImport: if a record breaks a rule of cards, or comes before its set.
        :raises SetCodeTaken: if a set of another origin has the code of a new one.
        :raises PrintingExists: if a printing of another origin has the place of a new one.
        :raises ConcurrentChange: if sets or printings of the source changed at the same time.
        """
        async with self.begin() as transaction:
            if (await transaction.users.get(issuer)).role is not Role.ADMIN:
                raise AdminsOnly
            taking_over = _TakingOver(
                source=source,
                issuer=issuer,
                now=self.clock(),
                new_id=self.new_id,
                known_sets=await transaction.card_sets.of_source(source),
                known_printings=await transaction.printings.of_source(source),
            )
            for record in records:
                taking_over.take(record)
            for card_set in taking_over.touched_sets():
                transaction.card_sets.save(card_set)
            await transaction.printings.add(taking_over.new_printings)
            transaction.printings.save(*taking_over.changed_printings)
        return taking_over.report()


@define(kw_only=True)
class _TakingOver:
    """One import, record by record."""

    source: str
    issuer: UserId
    now: datetime
    new_id: NewId
    known_sets: Mapping[str, CardSet]
    known_printings: Mapping[str, Printing]
    new_printings: list[Printing] = field(factory=list)
    changed_printings: list[Printing] = field(factory=list)
    _sets: dict[str, CardSet] = field(factory=dict)
    _keys: set[str] = field(factory=set)
    _places: set[tuple[str, str, str, str]] = field(factory=set)
    _created: Counter[str] = field(factory=Counter)
    _changed: Counter[str] = field(factory=Counter)
    _quirks: list[Quirk] = field(factory=list)

    def take(self, record: CardSetRecord | PrintingRecord) -> None:
        """:raises InvalidImport: naming the record, if it breaks a rule."""
        try:
            if isinstance(record, CardSetRecord):
                self._take_set(record)
            else:
                self._take_printing(record)
        except InvalidImport:
            raise
        except DomainError as error:
            raise InvalidImport(key=record.key, why=str(error)) from error

    def touched_sets(self) -> Iterable[CardSet]:
        """The sets to save, each telling how many of its printings are new and changed."""
        for key, card_set in self._sets.items():
            created, changed = self._created[key], self._changed[key]
            if created or changed:
                yield card_set.note_import(created=created, changed=changed, now=self.now)
            elif card_set is not self.known_sets.get(key):
                yield card_set

    def report(self) -> ImportReport:
        sets_created = self._sets.keys() - self.known_sets.keys()
        sets_changed = [
            key
            for key in self._sets.keys() & self.known_sets.keys()
            if self._sets[key] is not self.known_sets[key]
        ]
        created, changed = self._created.total(), self._changed.total()
        return ImportReport(
            sets_created=len(sets_created),
            sets_changed=len(sets_changed),
            sets_unchanged=len(self._sets) - len(sets_created) - len(sets_changed),
            printings_created=created,
            printings_changed=changed,
            printings_unchanged=len(self._keys) - created - changed,
            quirks=tuple(self._quirks),
        )

    def _take_set(self, record: CardSetRecord) -> None:
        if record.key in self._sets:
            raise InvalidImport(key=record.key, why="the set comes twice")
        known = self.known_sets.get(record.key)
        if known is None:
            self._sets[record.key] = CardSet.create(
                CardSetId(self.new_id()),
                code=record.code,
                issuer=self.issuer,
                creator=self.issuer,
                royalty=Rate(0),
                release=record.release,
                now=self.now,
                origin=Origin(self.source, record.key),
            )
        elif known.release == record.release:
            self._sets[record.key] = known
        else:
            self._sets[record.key] = known.edit(
                release=record.release, royalty=known.royalty, now=self.now
            )

    def _take_printing(self, record: PrintingRecord) -> None:
        card_set = self._sets.get(record.card_set)
        if card_set is None:
            raise InvalidImport(key=record.key, why=f"its set {record.card_set} was not read yet")
        key, design = self._own_key(record.key), self._own_place(record)
        known = self.known_printings.get(key)
        if known is None:
            self._created[record.card_set] += 1
            self.new_printings.append(
                Printing.import_new(
                    PrintingId(self.new_id()),
                    card_set=card_set,
                    design=design,
                    origin=Origin(self.source, key),
                )
            )
        elif (known.design, known.card_set) != (design, card_set.id):
            self._changed[record.card_set] += 1
            self.changed_printings.append(known.with_design(design, card_set))

    def _own_key(self, key: str) -> str:
        own, nth = key, 1
        while own in self._keys:
            nth += 1
            own = f"{key}#{nth}"
        self._keys.add(own)
        if nth > 1:
            self._quirks.append(Quirk("repeated-key", key, f"kept as {own}"))
        return own

    def _own_place(self, record: PrintingRecord) -> Design:
        design, nth = record.design, 1
        while (place := (record.card_set, design.number, design.finish, design.variant)) in (
            self._places
        ):
            nth += 1
            design = evolve(design, variant=f"{record.design.variant} {nth}".strip())
        self._places.add(place)
        if nth > 1:
            what = f"{design.number} comes again, kept as variant {design.variant}"
            self._quirks.append(Quirk("repeated-number", record.key, what))
        return design
