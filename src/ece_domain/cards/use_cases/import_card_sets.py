from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeAlias, final

from attrs import define, evolve, field, frozen

from ece_domain.cards.card_set import CardSet, CardSetId
from ece_domain.cards.errors import InvalidImport
from ece_domain.cards.import_records import (
    CardSetRecord,
    ImportReport,
    PackageWarning,
    PrintingRecord,
)
from ece_domain.cards.origin import Origin
from ece_domain.cards.ports import CardsTransaction
from ece_domain.cards.printing import Printing, PrintingDetails, PrintingId
from ece_domain.cards.source_changes import digest_of, merge_release
from ece_domain.identity import ADMINS, Actor, UserId
from ece_domain.kernel import Begin, Clock, DomainError, NewId, Rate

_Number: TypeAlias = tuple[str, str, str, str]
"""The unique place of a record: the set's key in the source, number, finish and variant."""
_PlaceInSet: TypeAlias = tuple[CardSetId, str, str, str]
"""The unique place of a printing: the set's id, number, finish and variant."""


@final
@frozen
class ImportCardSets:
    """Import the card sets of a source in one transaction, except records that are skipped.

    Existing sets and printings are found by their keys, and get the changes of the source since
    the last import. Edits of the issuer stay; a warning names each field that both changed. All
    rarities and finishes stay with their ranks.

    A printing that an issuer added, or that the source has removed, keeps its number, finish and
    variant. The import skips a record with the same ones and adds a warning; the next import tries
    it again.
    """

    begin: Begin[CardsTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self, *, source: str, records: Iterable[CardSetRecord | PrintingRecord], actor: Actor
    ) -> ImportReport:
        """
        :raises RoleNotAllowed: unless the actor, who becomes the issuer of new sets, is an admin.
        :raises UserNotFound: if the actor is no user.
        :raises InvalidImport: if a record breaks a rule of cards, or comes before its set.
        :raises SetCodeTaken: if a set of another origin has the code of a new one.
        :raises PrintingExists: if a printing with a record's number was added at the same time.
        :raises ConcurrentChange: if sets or printings of the source changed at the same time.
        """
        actor.require(ADMINS)
        async with self.begin(actor_id=actor.id) as transaction:
            await transaction.users.get(actor.id)
            importing = _Importing(
                source=source,
                issuer_id=actor.id,
                now=self.clock(),
                new_id=self.new_id,
                known_sets=await transaction.card_sets.of_source(source),
                known_printings=await transaction.printings.of_source(source),
            )
            for record in records:
                importing.take(record)
            sets = [card_set.id for card_set in importing.known_sets.values()]
            importing.skip_taken_places(await transaction.printings.of_others(source, sets))
            for card_set in importing.touched_sets():
                transaction.card_sets.save(card_set)
            await transaction.printings.add(importing.new_printings)
            transaction.printings.save(*importing.changed_printings)
        return importing.report()


@define(kw_only=True)
class _Importing:
    """One import, record by record."""

    source: str
    issuer_id: UserId
    now: datetime
    new_id: NewId
    known_sets: Mapping[str, CardSet]
    known_printings: Mapping[str, Printing]
    new_printings: list[Printing] = field(factory=list)
    changed_printings: list[Printing] = field(factory=list)
    _sets: dict[str, CardSet] = field(factory=dict)
    _keys: set[str] = field(factory=set)
    _numbers: dict[_Number, str] = field(init=False)
    _created: Counter[str] = field(factory=Counter)
    _changed: Counter[str] = field(factory=Counter)
    _skipped_count: int = 0
    _warnings: list[PackageWarning] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self._numbers = self._edited_places()

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

    def skip_taken_places(self, others: Iterable[Printing]) -> None:
        """Skip records whose place has a printing that this import does not move.

        ``others`` are the printings of the sets that were not imported from the source.
        """
        gone = (printing for key, printing in self.known_printings.items() if key not in self._keys)
        taken = {_number_of(printing) for printing in (*others, *gone)}
        is_settled = False
        while not is_settled:
            # A skipped printing keeps its place too, which another record may have taken.
            before = self._skipped_count
            self.new_printings = [
                printing for printing in self.new_printings if not self._skip(printing, taken)
            ]
            self.changed_printings = [
                printing for printing in self.changed_printings if not self._skip(printing, taken)
            ]
            is_settled = self._skipped_count == before

    def touched_sets(self) -> Iterable[CardSet]:
        """The sets to save, each with the event that counts new and changed printings."""
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
            if self._sets[key].release != self.known_sets[key].release
        ]
        created, changed = self._created.total(), self._changed.total()
        return ImportReport(
            sets_created=len(sets_created),
            sets_changed=len(sets_changed),
            sets_unchanged=len(self._sets) - len(sets_created) - len(sets_changed),
            printings_created=created,
            printings_changed=changed,
            printings_unchanged=len(self._keys) - created - changed - self._skipped_count,
            printings_skipped=self._skipped_count,
            warnings=tuple(self._warnings),
        )

    def _take_set(self, record: CardSetRecord) -> None:
        if record.key in self._sets:
            raise InvalidImport(key=record.key, why="the set comes twice")
        known = self.known_sets.get(record.key)
        if known is None:
            created = CardSet.create(
                CardSetId(self.new_id()),
                code=record.code,
                issuer_id=self.issuer_id,
                creator_id=self.issuer_id,
                royalty=Rate(0),
                release=record.release,
                now=self.now,
            )
            self._sets[record.key] = evolve(
                created, origin=Origin(self.source, record.key), imported_release=record.release
            )
        elif known.imported_release == record.release:
            self._sets[record.key] = known
        else:
            release, warnings = merge_release(
                record.key,
                known=known.release,
                said_last=known.imported_release or known.release,
                says_now=record.release,
            )
            self._warnings += warnings
            self._sets[record.key] = known.take_release(release, said=record.release, now=self.now)

    def _take_printing(self, record: PrintingRecord) -> None:
        card_set = self._sets.get(record.card_set)
        if card_set is None:
            raise InvalidImport(key=record.key, why=f"its set {record.card_set} was not read yet")
        key = self._own_key(record.key)
        details = self._own_place(record, key)
        digest = digest_of(details, card_set.id)
        known = self.known_printings.get(key)
        if known is None:
            self._created[record.card_set] += 1
            self.new_printings.append(
                Printing.import_new(
                    PrintingId(self.new_id()),
                    card_set=card_set,
                    details=details,
                    origin=Origin(self.source, key),
                    digest=digest,
                    now=self.now,
                )
            )
        elif known.imported_digest != digest:
            self._take_change(record, known, details, card_set, digest)

    def _take_change(
        self,
        record: PrintingRecord,
        known: Printing,
        details: PrintingDetails,
        card_set: CardSet,
        digest: bytes,
    ) -> None:
        """Store the digest of the record, and apply its changes unless the issuer edited."""
        present = digest_of(known.details, known.card_set_id)
        if present == known.imported_digest or known.imported_digest is None:
            self._changed[record.card_set] += 1
            known = known.with_details(details, card_set)
        elif present != digest:
            what = f"{details.number} stays as it was edited here: it was changed there as well"
            self._warnings.append(PackageWarning("kept-edit", record.key, what))
        self.changed_printings.append(evolve(known, imported_digest=digest, updated_at=self.now))

    def _skip(self, printing: Printing, taken: set[_PlaceInSet]) -> bool:
        assert printing.origin is not None  # noqa: S101 - it comes from the source
        number, key = _number_of(printing), printing.origin.key
        known = self.known_printings.get(key)
        if number not in taken or (known is not None and _number_of(known) == number):
            return False
        counts = self._created if known is None else self._changed
        counts[self._set_keys[printing.card_set_id]] -= 1
        if known is not None:
            taken.add(_number_of(known))
        self._skipped_count += 1
        what = f"{printing.details.number} is skipped: another printing has its number and finish"
        self._warnings.append(PackageWarning("number-taken", key, what))
        return True

    @property
    def _set_keys(self) -> Mapping[CardSetId, str]:
        return {card_set.id: key for key, card_set in self._sets.items()}

    def _own_key(self, key: str) -> str:
        own, nth = key, 1
        while own in self._keys:
            nth += 1
            own = f"{key}#{nth}"
        self._keys.add(own)
        if nth > 1:
            self._warnings.append(PackageWarning("repeated-key", key, f"kept as {own}"))
        return own

    def _own_place(self, record: PrintingRecord, key: str) -> PrintingDetails:
        details, nth = record.details, 1
        while self._numbers.setdefault(_numbered_as(record.card_set, details), key) != key:
            nth += 1
            details = evolve(details, variant=f"{record.details.variant} {nth}".strip())
        if nth > 1:
            what = f"{details.number} comes again, kept as variant {details.variant}"
            self._warnings.append(PackageWarning("repeated-number", record.key, what))
        return details

    def _edited_places(self) -> dict[_Number, str]:
        """The places that issuers gave imported printings: a new record there gets a variant."""
        set_keys = {card_set.id: key for key, card_set in self.known_sets.items()}
        return {
            _numbered_as(set_keys[printing.card_set_id], printing.details): key
            for key, printing in self.known_printings.items()
            if printing.card_set_id in set_keys
            and printing.imported_digest
            not in {None, digest_of(printing.details, printing.card_set_id)}
        }


def _numbered_as(set_key: str, details: PrintingDetails) -> _Number:
    return set_key, details.number, details.finish, details.variant


def _number_of(printing: Printing) -> _PlaceInSet:
    details = printing.details
    return printing.card_set_id, details.number, details.finish, details.variant
