"""What searches for printings and cards ask for and find. Reads skip the aggregates."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen, validators

from ece_domain.identity import UserId
from ece_domain.kernel import CursorPart, id_in, integer_in, text_in

from .card import CardId
from .card_set import CardSet, SetCode
from .condition import Condition
from .grade import Grade
from .printing import Printing, PrintingId
from .text_rules import single_line

MAX_FACETS = 20
"""How many values of each kind a search counts, the most frequent first."""
MAX_FACETED = 10_000
"""How many printings or listings facets count at the most, so that counting takes bounded time."""


class PrintingSort(StrEnum):
    """In which order printings are listed; equals go by their ids."""

    NAME = "name"
    NUMBER = "number"
    RARITY = "rarity"
    """The scarcest first, and of these the newest."""
    NEWEST = "newest"

    @property
    def is_descending(self) -> bool:
        return self in {PrintingSort.RARITY, PrintingSort.NEWEST}

    @property
    def cursor_parts(self) -> tuple[CursorPart, ...]:
        """What a cursor of the list has: what is compared, the id last."""
        return *_COMPARED[self], id_in


class CardSort(StrEnum):
    """In which order cards are listed; equals go by their ids."""

    NEWEST = "newest"
    SERIAL = "serial"
    """Of the copies of one printing. Other cards have no serials to compare."""

    @property
    def is_descending(self) -> bool:
        return self is CardSort.NEWEST

    @property
    def cursor_parts(self) -> tuple[CursorPart, ...]:
        """What a cursor of the list has: what is compared, the id last."""
        return *_COMPARED[self], id_in


_COMPARED: Mapping[PrintingSort | CardSort, tuple[CursorPart, ...]] = {
    PrintingSort.NAME: (text_in,),
    PrintingSort.NUMBER: (text_in,),
    PrintingSort.RARITY: (integer_in,),
    PrintingSort.NEWEST: (),
    CardSort.NEWEST: (),
    CardSort.SERIAL: (integer_in,),
}


@frozen(kw_only=True)
class PrintingFilter:
    """Which printings are looked for; all that is given must apply.

    Each word of ``text`` must begin a word of the name, number, artist, rules or flavor. A word
    that begins none that ECE knows is taken for the most similar one, as typing errors happen.
    """

    text: str = field(default="", validator=single_line(200, shortest=0))
    set_code: SetCode | None = None
    rarity: str | None = field(default=None, validator=validators.optional(single_line(40)))
    finish: str | None = field(default=None, validator=validators.optional(single_line(40)))
    artist: str | None = field(default=None, validator=validators.optional(single_line(200)))


@frozen(kw_only=True)
class CardFilter(PrintingFilter):
    """Which cards are looked for: those of the printings that apply."""

    printing_id: PrintingId | None = None
    owner_id: UserId | None = None


@frozen(kw_only=True)
class PrintingView:
    """A printing as it is shown, with its set's names."""

    id: PrintingId
    version: int
    set_code: str
    set_name: str
    number: str
    name: str
    rarity: str
    finish: str
    variant: str
    artist: str
    rules: str
    flavor: str
    image: str | None
    print_run: int | None
    minted_count: int

    @classmethod
    def of(cls, printing: Printing, card_set: CardSet) -> "PrintingView":
        details = printing.details
        return cls(
            id=printing.id,
            version=printing.version,
            set_code=card_set.code.text,
            set_name=card_set.release.name,
            number=details.number,
            name=details.name,
            rarity=details.rarity,
            finish=details.finish,
            variant=details.variant,
            artist=details.artist,
            rules=details.rules,
            flavor=details.flavor,
            image=details.image,
            print_run=printing.print_run,
            minted_count=printing.minted_count,
        )


@frozen(kw_only=True)
class CardView:
    """A card as it is shown, with its printing. ``held``: it is listed or otherwise on hold."""

    id: CardId
    version: int
    printing: PrintingView
    serial: int
    owner_id: UserId
    is_held: bool
    minted_to_id: UserId
    minted_at: datetime
    condition: Condition | None
    grade: Grade | None


@frozen
class Facet:
    """A value that a filter could ask for, and how many of the printings found have it."""

    value: str
    count: int


@frozen(kw_only=True)
class Facets:
    """What the printings found have in common, the most frequent first.

    Counts are exact up to ``MAX_FACETED`` printings. Where more are found, ``is_capped`` says that
    so many of them were counted, whichever the store came across first: each count is a lower
    bound, and values may be missing.
    """

    card_sets: tuple[Facet, ...]
    rarities: tuple[Facet, ...]
    finishes: tuple[Facet, ...]
    artists: tuple[Facet, ...]
    is_capped: bool = False
