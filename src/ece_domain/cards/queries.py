"""The queries of cards."""

from typing import final

from attrs import frozen

from ece_domain.kernel import Begin, Page, PageRequest

from .artwork import Artwork, PrintingArt
from .card import CardId
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
from .printing import PrintingId


@final
@frozen
class ListCardSets:
    """All card sets, by code."""

    begin: Begin[CardsTransaction]

    async def __call__(self, *, page: PageRequest) -> Page[CardSet]:
        """:raises InvalidPage: if the page continues another list."""
        async with self.begin() as transaction:
            return await transaction.catalog.list_sets(page)


@final
@frozen
class GetCardSet:
    """One card set."""

    begin: Begin[CardsTransaction]

    async def __call__(self, *, code: SetCode) -> CardSet:
        """:raises CardSetNotFound: if there is none."""
        async with self.begin() as transaction:
            return await transaction.card_sets.with_code(code)


@frozen
class FoundPrintings:
    """A page of printings. The first page has the facets of all matches."""

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
        filter: PrintingFilter,
        page: PageRequest,
        sort: PrintingSort = PrintingSort.NAME,
    ) -> FoundPrintings:
        """:raises InvalidPage: if the page continues another list."""
        async with self.begin() as transaction:
            catalog = transaction.catalog
            found = await catalog.find_printings(filter, sort, page)
            facets = None if page.after else await catalog.count_facets(filter)
        return FoundPrintings(found, facets)


@final
@frozen
class GetPrinting:
    """One printing."""

    begin: Begin[CardsTransaction]

    async def __call__(self, *, printing_id: PrintingId) -> PrintingView:
        """:raises PrintingNotFound: if there is none."""
        async with self.begin() as transaction:
            return await transaction.catalog.printing(printing_id)


@final
@frozen
class GetPrintingArt:
    """The drawing of a printing, if ECE draws it."""

    begin: Begin[CardsTransaction]
    art: PrintingArt

    async def __call__(self, *, printing_id: PrintingId) -> Artwork:
        """
        :raises PrintingNotFound: if there is no such printing.
        :raises ArtNotFound: if it has no image, or one that ECE does not draw.
        """
        async with self.begin() as transaction:
            printing = await transaction.catalog.printing(printing_id)
        drawing = self.art.artwork_of(printing.image) if printing.image else None
        if drawing is None:
            raise ArtNotFound
        return drawing


@final
@frozen
class SearchCards:
    """Single cards, by owner, by printing, and by the filters for printings."""

    begin: Begin[CardsTransaction]

    async def __call__(
        self, *, filter: CardFilter, page: PageRequest, sort: CardSort = CardSort.NEWEST
    ) -> Page[CardView]:
        """
        :raises SortNeedsPrinting: if cards of several printings were to be sorted by serial.
        :raises UserNotFound: if the filter names an owner who does not exist.
        :raises InvalidPage: if the page continues another list.
        """
        if sort is CardSort.SERIAL and filter.printing_id is None:
            raise SortNeedsPrinting
        async with self.begin() as transaction:
            if filter.owner_id is not None:
                await transaction.users.get(filter.owner_id)
            return await transaction.catalog.find_cards(filter, sort, page)


@final
@frozen
class GetCard:
    """One card, with its owner."""

    begin: Begin[CardsTransaction]

    async def __call__(self, *, card_id: CardId) -> CardView:
        """:raises CardNotFound: if there is none."""
        async with self.begin() as transaction:
            return await transaction.catalog.card(card_id)
