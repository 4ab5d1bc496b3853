"""Reads that change nothing."""

from typing import final

from attrs import frozen

from ece_domain.kernel import Begin, Page, PageRequest

from .artwork import Drawing, PrintingArt
from .card import CardId, PrintingId
from .card_set import CardSet, SetCode
from .catalog import (
    CardFilter,
    CardSort,
    CardView,
    Facets,
    PrintingFilter,
    PrintingSort,
    PrintingView,
)
from .errors import ArtNotFound, SortNeedsPrinting
from .ports import CardsTransaction


@final
@frozen
class ListCardSets:
    """All card sets, by code."""

    begin: Begin[CardsTransaction]

    async def __call__(self, *, page: PageRequest) -> Page[CardSet]:
        """:raises InvalidPage: if the page continues another list."""
        async with self.begin() as transaction:
            return await transaction.catalogue.list_sets(page)


@final
@frozen
class ShowCardSet:
    """One card set."""

    begin: Begin[CardsTransaction]

    async def __call__(self, *, code: SetCode) -> CardSet:
        """:raises CardSetNotFound: if there is none."""
        async with self.begin() as transaction:
            return await transaction.card_sets.with_code(code)


@frozen
class FoundPrintings:
    """A page of printings. The first one comes with the facets of all that was found."""

    page: Page[PrintingView]
    facets: Facets | None


@final
@frozen
class SearchPrintings:
    """Printings by words, set, rarity, finish and artist."""

    begin: Begin[CardsTransaction]

    async def __call__(
        self,
        *,
        wanted: PrintingFilter,
        page: PageRequest,
        sort: PrintingSort = PrintingSort.NAME,
    ) -> FoundPrintings:
        """:raises InvalidPage: if the page continues another list."""
        async with self.begin() as transaction:
            catalogue = transaction.catalogue
            found = await catalogue.find_printings(wanted, sort, page)
            facets = None if page.after else await catalogue.count_facets(wanted)
        return FoundPrintings(found, facets)


@final
@frozen
class ShowPrinting:
    """One printing."""

    begin: Begin[CardsTransaction]

    async def __call__(self, *, printing_id: PrintingId) -> PrintingView:
        """:raises PrintingNotFound: if there is none."""
        async with self.begin() as transaction:
            return await transaction.catalogue.printing(printing_id)


@final
@frozen
class ShowPrintingArt:
    """The drawing of a printing, where ECE makes it."""

    begin: Begin[CardsTransaction]
    art: PrintingArt

    async def __call__(self, *, printing_id: PrintingId) -> Drawing:
        """
        :raises PrintingNotFound: if there is no such printing.
        :raises ArtNotFound: if its picture lies elsewhere, or it has none.
        """
        async with self.begin() as transaction:
            printing = await transaction.catalogue.printing(printing_id)
        drawing = self.art.drawing_of(printing.image) if printing.image else None
        if drawing is None:
            raise ArtNotFound
        return drawing


@final
@frozen
class SearchCards:
    """Single cards, by owner, by printing, and by all that printings are found by."""

    begin: Begin[CardsTransaction]

    async def __call__(
        self, *, wanted: CardFilter, page: PageRequest, sort: CardSort = CardSort.NEWEST
    ) -> Page[CardView]:
        """
        :raises SortNeedsPrinting: if cards of several printings were to be sorted by serial.
        :raises InvalidPage: if the page continues another list.
        """
        if sort is CardSort.SERIAL and wanted.printing is None:
            raise SortNeedsPrinting
        async with self.begin() as transaction:
            return await transaction.catalogue.find_cards(wanted, sort, page)


@final
@frozen
class ShowCard:
    """One card, with its owner."""

    begin: Begin[CardsTransaction]

    async def __call__(self, *, card_id: CardId) -> CardView:
        """:raises CardNotFound: if there is none."""
        async with self.begin() as transaction:
            return await transaction.catalogue.card(card_id)
