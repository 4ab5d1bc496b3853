from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from attrs import define

from ece_adapters.memory.ledger.tables import LedgerTables
from ece_domain.cards import (
    Card,
    CardFilter,
    CardId,
    CardNotFound,
    CardSet,
    CardSetNotFound,
    CardSort,
    CardView,
    Condition,
    Facet,
    Facets,
    Grade,
    Printing,
    PrintingFilter,
    PrintingId,
    PrintingNotFound,
    PrintingSort,
    PrintingView,
)
from ece_domain.cards.storage import (
    MAX_FACETED,
    MAX_FACETS,
    words_of,
)
from ece_domain.kernel import Page, PageRequest, cursor_of, cursor_values, id_in, text_in

from .cards import with_ownership
from .tables import CardsTables, SearchKeys
from .trigrams import ENOUGH, similarity

Item = TypeVar("Item")
SortKey: TypeAlias = tuple[Any, ...]
"""The sort key of a list, as values of a cursor."""

_PRINTING_KEY: dict[PrintingSort, Callable[[Printing, SearchKeys], SortKey]] = {
    PrintingSort.NAME: lambda printing, keys: (keys.name, printing.id),
    PrintingSort.NUMBER: lambda printing, keys: (keys.number, printing.id),
    PrintingSort.RARITY: lambda printing, _: (printing.rarity_rank, printing.id),
    PrintingSort.NEWEST: lambda printing, _: (printing.id,),
}
_CARD_KEY: dict[CardSort, Callable[[Card], SortKey]] = {
    CardSort.NEWEST: lambda card: (card.id,),
    CardSort.SERIAL: lambda card: (card.serial, card.id),
}


@define
class MemoryCatalog:
    """Reads all rows for every search: simple rather than fast."""

    _tables: CardsTables
    _ledger: LedgerTables

    async def list_sets(self, page: PageRequest) -> Page[CardSet]:
        after = cursor_values(page, text_in, id_in)
        return _page(
            self._tables.sets, page, after, lambda card_set: (card_set.code.text, card_set.id)
        )

    async def printing(self, printing_id: PrintingId) -> PrintingView:
        printing = self._tables.printings.get(printing_id)
        if printing is None:
            raise PrintingNotFound
        return self._shown_printing(printing)

    async def card(self, card_id: CardId) -> CardView:
        card = self._tables.cards.get(card_id)
        if card is None:
            raise CardNotFound(card_id=card_id)
        return self._shown_card(with_ownership(card, self._ledger))

    async def find_printings(
        self, filter: PrintingFilter, sort: PrintingSort, page: PageRequest
    ) -> Page[PrintingView]:
        after = cursor_values(page, *sort.cursor_parts)
        key_of = _PRINTING_KEY[sort]

        def sort_key(printing: Printing) -> SortKey:
            return key_of(printing, self._keys_of(printing))

        found = _page(self.matching(filter), page, after, sort_key, sort.is_descending)
        return Page(tuple(map(self._shown_printing, found.items)), found.next)

    async def count_facets(self, filter: PrintingFilter) -> Facets:
        return self.facets_of(self.matching(filter))

    def facets_of(self, printings: Iterable[Printing]) -> Facets:
        """The facets of at most ``MAX_FACETED`` printings."""
        rest = iter(printings)
        found = list(islice(rest, MAX_FACETED))
        return Facets(
            is_capped=next(rest, None) is not None,
            card_sets=_facets(self._set_of(printing).code.text for printing in found),
            rarities=_facets(printing.details.rarity for printing in found),
            finishes=_facets(printing.details.finish for printing in found),
            artists=_facets(printing.details.artist for printing in found),
        )

    async def find_cards(
        self, filter: CardFilter, sort: CardSort, page: PageRequest
    ) -> Page[CardView]:
        after = cursor_values(page, *sort.cursor_parts)
        printings = {printing.id for printing in self.matching(filter)}
        cards = (
            card
            for card in (with_ownership(card, self._ledger) for card in self._tables.cards)
            if card.printing_id in printings
            and filter.printing_id in {None, card.printing_id}
            and filter.owner_id in {None, card.owner_id}
            and card.minted_at in filter.minted
        )
        found = _page(cards, page, after, _CARD_KEY[sort], sort.is_descending)
        return Page(tuple(map(self._shown_card, found.items)), found.next)

    def matching(self, filter: PrintingFilter) -> Iterator[Printing]:
        """The printings that match, in no order."""
        beginnings = [self._did_you_mean(word) for word in words_of(filter.text)]
        for printing in self._tables.printings:
            details = printing.details
            if (
                filter.set_code in {None, self._set_of(printing).code}
                and filter.rarity in {None, details.rarity}
                and filter.finish in {None, details.finish}
                and filter.artist in {None, details.artist}
                and (not beginnings or _have_all(self._keys_of(printing).words, beginnings))
            ):
                yield printing

    def _did_you_mean(self, word: str) -> str | None:
        """The word if it is a prefix of a known word, else the most similar known word."""
        known = self._tables.words
        if any(other.startswith(word) for other in known):
            return word
        similar = ((similarity(word, other), other) for other in known)
        likely = [(-share, other) for share, other in similar if share >= ENOUGH]
        return min(likely)[1] if likely else None

    def _keys_of(self, printing: Printing) -> SearchKeys:
        return self._tables.search_keys.get(printing.id) or SearchKeys.of(printing.details)

    def _set_of(self, printing: Printing) -> CardSet:
        card_set = self._tables.sets.get(printing.card_set_id)
        if card_set is None:
            raise CardSetNotFound
        return card_set

    def _shown_printing(self, printing: Printing) -> PrintingView:
        return PrintingView.of(printing, self._set_of(printing))

    def _shown_card(self, card: Card) -> CardView:
        printing = self._tables.printings.get(card.printing_id)
        if printing is None:
            raise PrintingNotFound
        return CardView(
            id=card.id,
            version=card.version,
            printing=self._shown_printing(printing),
            serial=card.serial,
            owner_id=card.owner_id,
            is_held=card.is_held,
            minted_to_id=card.minted_to_id,
            minted_at=card.minted_at,
            updated_at=card.updated_at,
            condition=card.assessment if isinstance(card.assessment, Condition) else None,
            grade=card.assessment if isinstance(card.assessment, Grade) else None,
        )


def _have_all(words: Iterable[str], beginnings: Iterable[str | None]) -> bool:
    return all(
        beginning is not None and any(word.startswith(beginning) for word in words)
        for beginning in beginnings
    )


def _page(
    items: Iterable[Item],
    page: PageRequest,
    after: SortKey | None,
    sort_key: Callable[[Item], SortKey],
    is_descending: bool = False,  # noqa: FBT001, FBT002 - named by every caller's sort
) -> Page[Item]:
    ordered = sorted(items, key=sort_key, reverse=is_descending)
    if after is not None:
        ordered = [
            item
            for item in ordered
            if (sort_key(item) < after if is_descending else sort_key(item) > after)
        ]
    shown = tuple(ordered[: page.limit])
    return Page(shown, cursor_of(*sort_key(shown[-1])) if len(ordered) > page.limit else None)


def _facets(values: Iterable[str]) -> tuple[Facet, ...]:
    """The most frequent values that are not empty."""
    counted = Counter(value for value in values if value)
    ordered = sorted(counted.items(), key=lambda facet: (-facet[1], facet[0]))
    return tuple(Facet(value, count) for value, count in ordered[:MAX_FACETS])
