from collections.abc import Sequence
from datetime import datetime
from typing import NewType
from uuid import UUID

from attrs import evolve, field, frozen, validators

from ece_domain.identity import UserId
from ece_domain.kernel import UNSET, Aggregate, Unset, changes_in

from .card_set import CardSet, CardSetId
from .errors import InvalidCount, PrintRunExceeded, PrintRunFixed
from .events import CardsMinted, PrintingAdded, PrintingEdited
from .origin import Origin
from .search_words import words_of
from .text_rules import image_address, multi_line, single_line

PrintingId = NewType("PrintingId", UUID)

MAX_PRINT_RUN = 1_000_000_000
MAX_MINT = 1_000
"""The most cards of one minting."""


@frozen(kw_only=True)
class PrintingDetails:
    """The printed details of a card. Number, finish and variant together are unique in a set.

    ``variant`` distinguishes printings that are otherwise the same, such as alternative art.
    ``image`` is an address with ``https``, a path, or ``genesis:SEED:NUMBER`` for a drawing by ECE.
    """

    number: str = field(validator=single_line(40))
    name: str = field(validator=single_line(200))
    rarity: str = field(validator=single_line(40))
    finish: str = field(validator=single_line(40))
    variant: str = field(default="", validator=single_line(80, shortest=0))
    artist: str = field(default="", validator=single_line(200, shortest=0))
    rules: str = field(default="", validator=multi_line(4000))
    flavor: str = field(default="", validator=multi_line(2000))
    image: str | None = field(default=None, validator=validators.optional(image_address(2000)))

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that search finds the printing by."""
        return words_of(self.number, self.name, self.artist, self.rules, self.flavor)


@frozen(kw_only=True)
class PrintingChanges:
    """Changes of a printing. ``UNSET`` fields keep their value."""

    number: str | Unset = UNSET
    name: str | Unset = UNSET
    rarity: str | Unset = UNSET
    finish: str | Unset = UNSET
    variant: str | Unset = UNSET
    artist: str | Unset = UNSET
    rules: str | Unset = UNSET
    flavor: str | Unset = UNSET
    image: str | Unset | None = UNSET
    print_run: int | Unset | None = UNSET


@frozen(kw_only=True)
class Printing(Aggregate):
    """A printing of a card set: what its cards show, and how many copies of it there are.

    ``print_run`` is the most copies that may ever exist; None means no limit.
    ``imported_digest`` is the digest of the source's record at the last import.

    :raises InvalidCount: if the print run is not positive, or larger than a billion.
    :raises PrintRunExceeded: if more copies exist than the print run allows.
    """

    id: PrintingId
    card_set_id: CardSetId
    details: PrintingDetails
    rarity_rank: int
    created_at: datetime
    updated_at: datetime
    print_run: int | None = None
    minted_count: int = 0
    origin: Origin | None = None
    imported_digest: bytes | None = None

    def __attrs_post_init__(self) -> None:
        if self.print_run is None:
            return
        if not 1 <= self.print_run <= MAX_PRINT_RUN:
            raise InvalidCount(highest=MAX_PRINT_RUN)
        if self.minted_count > self.print_run:
            raise PrintRunExceeded(print_run=self.print_run, minted=self.minted_count)

    @classmethod
    def add(
        cls,
        printing_id: PrintingId,
        *,
        card_set: CardSet,
        details: PrintingDetails,
        print_run: int | None,
        now: datetime,
    ) -> "Printing":
        """:raises UnknownDefinition: if the set has no such rarity or finish."""
        added = PrintingAdded(occurred_at=now, printing_id=printing_id, card_set_id=card_set.id)
        return cls(
            id=printing_id,
            card_set_id=card_set.id,
            details=details,
            rarity_rank=_rarity_rank(details, card_set),
            created_at=now,
            updated_at=now,
            print_run=print_run,
            events=(added,),
        )

    def edit(self, changes: PrintingChanges, *, card_set: CardSet, now: datetime) -> "Printing":
        """
        :raises InvalidText: if a text is empty, too long, or has control characters.
        :raises InvalidImage: if the image is neither https, a path, nor a drawing by ECE.
        :raises UnknownDefinition: if the set has no such rarity or finish.
        :raises PrintRunFixed: if it raises or removes a print run of which copies exist.
        :raises PrintRunExceeded: if more copies exist than the new print run allows.
        """
        given = changes_in(changes)
        print_run = given.pop("print_run", self.print_run)
        self.check_scarcity_kept(print_run)
        details = evolve(self.details, **given)
        edited = PrintingEdited(occurred_at=now, printing_id=self.id)
        return evolve(
            self.with_details(details, card_set),
            print_run=print_run,
            updated_at=now,
            events=(*self.events, edited),
        )

    def check_scarcity_kept(self, print_run: int | None) -> None:
        """Check a change of the print run, which is a promise to collectors.

        After the first copy it may be set, if there was none, or lowered.

        :raises PrintRunFixed: if it raises or removes a print run of which copies exist.
        """
        if self.minted_count == 0 or self.print_run is None:
            return
        if print_run is None or print_run > self.print_run:
            raise PrintRunFixed(print_run=self.print_run, minted=self.minted_count)

    @classmethod
    def import_new(
        cls,
        printing_id: PrintingId,
        *,
        card_set: CardSet,
        details: PrintingDetails,
        origin: Origin,
        digest: bytes,
        now: datetime,
    ) -> "Printing":
        """An imported printing without a print run; its set publishes the event of the import.

        :raises UnknownDefinition: if the set has no such rarity or finish.
        """
        return cls(
            id=printing_id,
            card_set_id=card_set.id,
            details=details,
            rarity_rank=_rarity_rank(details, card_set),
            created_at=now,
            updated_at=now,
            origin=origin,
            imported_digest=digest,
        )

    def with_details(self, details: PrintingDetails, card_set: CardSet) -> "Printing":
        """:raises UnknownDefinition: if the set has no such rarity or finish."""
        rank = _rarity_rank(details, card_set)
        return evolve(self, details=details, rarity_rank=rank, card_set_id=card_set.id)

    def mint(
        self, copies: int, *, owner_id: UserId, now: datetime
    ) -> tuple["Printing", Sequence[int]]:
        """The printing with more copies, and their serials, which follow the highest one.

        :raises PrintRunExceeded: if the print run has fewer copies left.
        """
        last_serial = self.minted_count + copies
        if self.print_run is not None and last_serial > self.print_run:
            raise PrintRunExceeded(print_run=self.print_run, minted=self.minted_count)
        serials = range(self.minted_count + 1, last_serial + 1)
        minted = CardsMinted(
            occurred_at=now,
            printing_id=self.id,
            first_serial=serials[0],
            last_serial=serials[-1],
            owner_id=owner_id,
        )
        events = (*self.events, minted)
        return evolve(self, minted_count=last_serial, updated_at=now, events=events), serials


def _rarity_rank(details: PrintingDetails, card_set: CardSet) -> int:
    card_set.release.finish(details.finish)
    return card_set.release.rarity(details.rarity).rank
