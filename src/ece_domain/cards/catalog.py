"""Filters and results of searches for printings and cards. They do not load aggregates."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import Attribute, field, frozen, validators

from ece_domain.identity import UserId
from ece_domain.kernel import ALL_TIME, CursorPart, TimeRange, id_in, integer_in, text_in

from .card import CardId
from .card_set import CardSet, SetCode
from .condition import Condition
from .errors import TooManyWords
from .grade import Grade
from .printing import Printing, PrintingId
from .search_words import words_of
from .text_rules import single_line

MAX_FACETS = 20
"""The number of values per facet, the most frequent first."""
MAX_SEARCH_WORDS = 10
"""Different words of a search. Each without a known prefix is compared with all known words."""
MAX_FACETED = 10_000
"""The most printings or listings that facets count, so that counting takes bounded time."""


class PrintingSort(StrEnum):
    """The sort order of printings; equal ones are sorted by id."""

    NAME = "name"
    NUMBER = "number"
    RARITY = "rarity"
    """The scarcest first, then the newest."""
    NEWEST = "newest"

    @property
    def is_descending(self) -> bool:
        return self in {PrintingSort.RARITY, PrintingSort.NEWEST}

    @property
    def cursor_parts(self) -> tuple[CursorPart, ...]:
        """The parsers of the cursor: one per sort value, the id last."""
        return *_COMPARED[self], id_in


class CardSort(StrEnum):
    """The sort order of cards; equal ones are sorted by id."""

    NEWEST = "newest"
    SERIAL = "serial"
    """By serial, within one printing only, as serials count per printing."""

    @property
    def is_descending(self) -> bool:
        return self is CardSort.NEWEST

    @property
    def cursor_parts(self) -> tuple[CursorPart, ...]:
        """The parsers of the cursor: one per sort value, the id last."""
        return *_COMPARED[self], id_in


_COMPARED: Mapping[PrintingSort | CardSort, tuple[CursorPart, ...]] = {
    PrintingSort.NAME: (text_in,),
    PrintingSort.NUMBER: (text_in,),
    PrintingSort.RARITY: (integer_in,),
    PrintingSort.NEWEST: (),
    CardSort.NEWEST: (),
    CardSort.SERIAL: (integer_in,),
}


def _has_few_words(_: object, __: "Attribute[str]", text: str) -> None:
    if len(words_of(text)) > MAX_SEARCH_WORDS:
        raise TooManyWords(max_words=MAX_SEARCH_WORDS)


@frozen(kw_only=True)
class PrintingFilter:
    """A filter for printings; a printing must match all given fields.

    Each word of ``text`` must be a prefix of a word of the name, number, artist, rules or flavor.
    If no known word has this prefix, the most similar word is used, to tolerate typing errors.
    """

    text: str = field(default="", validator=[single_line(200, shortest=0), _has_few_words])
    set_code: SetCode | None = None
    rarity: str | None = field(default=None, validator=validators.optional(single_line(40)))
    finish: str | None = field(default=None, validator=validators.optional(single_line(40)))
    artist: str | None = field(default=None, validator=validators.optional(single_line(200)))


@frozen(kw_only=True)
class CardFilter(PrintingFilter):
    """A filter for cards, with a filter for their printings."""

    printing_id: PrintingId | None = None
    owner_id: UserId | None = None
    minted: TimeRange = ALL_TIME


@frozen(kw_only=True)
class PrintingView:
    """A printing as shown to users, with the names of its set."""

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
    created_at: datetime
    updated_at: datetime

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
            created_at=printing.created_at,
            updated_at=printing.updated_at,
        )


@frozen(kw_only=True)
class CardView:
    """A card as shown to users, with its printing."""

    id: CardId
    version: int
    printing: PrintingView
    serial: int
    owner_id: UserId
    is_held: bool
    minted_to_id: UserId
    minted_at: datetime
    updated_at: datetime
    condition: Condition | None
    grade: Grade | None


@frozen
class Facet:
    """A value for a filter, and the number of matches that have it."""

    value: str
    count: int


@frozen(kw_only=True)
class Facets:
    """The values of the matches with their counts, the most frequent first.

    Counts are exact up to ``MAX_FACETED`` matches. With more, ``is_capped`` is true: the store
    counts the first matches that it finds, each count is a lower bound, and values may be missing.
    """

    card_sets: tuple[Facet, ...]
    rarities: tuple[Facet, ...]
    finishes: tuple[Facet, ...]
    artists: tuple[Facet, ...]
    is_capped: bool = False
