"""Everything that there is to collect, to look through. Reads skip the aggregates."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen, validators

from ece_domain.identity import UserId
from ece_domain.kernel import Page, PageRequest

from .card import CardId, PrintingId
from .card_set import CardSet, SetCode
from .condition import Condition
from .grade import Grade
from .wording import line

MOST_FACETS = 20
"""How many values of each kind a search counts, the most frequent first."""


class PrintingSort(StrEnum):
    """In which order printings are listed. Ties are in the order of their ids."""

    NAME = "name"
    NUMBER = "number"
    RARITY = "rarity"
    """The scarcest first."""
    NEWEST = "newest"


class CardSort(StrEnum):
    """In which order cards are listed."""

    NEWEST = "newest"
    SERIAL = "serial"


@frozen(kw_only=True)
class PrintingFilter:
    """Which printings are looked for; all that is given must apply.

    Each word of ``text`` must begin a word of the name, number, artist, rules or flavour. A word
    that begins none that ECE knows is taken for the most similar one, as typing errors happen.
    """

    text: str = field(default="", validator=line(200, shortest=0))
    card_set: SetCode | None = None
    rarity: str | None = field(default=None, validator=validators.optional(line(40)))
    finish: str | None = field(default=None, validator=validators.optional(line(40)))
    artist: str | None = field(default=None, validator=validators.optional(line(200)))


@frozen(kw_only=True)
class CardFilter(PrintingFilter):
    """Which cards are looked for: those of the printings that apply."""

    printing: PrintingId | None = None
    owner: UserId | None = None


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
    flavour: str
    image: str | None
    print_run: int | None
    minted: int


@frozen(kw_only=True)
class CardView:
    """A card as it is shown, with its printing. ``held``: it is listed or otherwise set aside."""

    id: CardId
    version: int
    printing: PrintingView
    serial: int
    owner: UserId
    held: bool
    minted_to: UserId
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

    """

    card_sets: tuple[Facet, ...]
    rarities: tuple[Facet, ...]
    finishes: tuple[Facet, ...]
    artists: tuple[Facet, ...]


class Catalogue(Protocol):
    """Reads across sets, printings and cards."""

    async def list_sets(self, page: PageRequest) -> Page[CardSet]:
        """All sets, by code."""

    async def printing(self, printing_id: PrintingId) -> PrintingView:
        """:raises PrintingNotFound: if there is none."""

    async def card(self, card_id: CardId) -> CardView:
        """:raises CardNotFound: if there is none."""

    async def find_printings(
        self, wanted: PrintingFilter, sort: PrintingSort, page: PageRequest
    ) -> Page[PrintingView]:
        """:raises InvalidPage: if the page continues another list."""

    async def count_facets(self, wanted: PrintingFilter) -> Facets: ...

    async def find_cards(
        self, wanted: CardFilter, sort: CardSort, page: PageRequest
    ) -> Page[CardView]:
        """:raises InvalidPage: if the page continues another list."""
