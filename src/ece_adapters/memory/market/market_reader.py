from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from attrs import define

from ece_adapters.memory.cards.catalog import MemoryCatalog
from ece_adapters.memory.cards.tables import CardsTables
from ece_adapters.storage.keyset import below_id, cut
from ece_domain.cards import ConditionKey, Facets, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Page, PageRequest, TimeRange
from ece_domain.market import (
    Listing,
    ListingFilter,
    ListingId,
    ListingNotFound,
    ListingSort,
    ListingState,
    ListingView,
)
from ece_domain.market.storage import ListedCondition, PriceCursor
from ece_domain.sales import Ask

from .tables import MarketTables


@define
class MemoryMarketReader:
    """Reads all rows for every search: simple rather than fast."""

    _tables: MarketTables
    _cards: CardsTables
    _catalog: MemoryCatalog

    async def listing(self, listing_id: ListingId, now: datetime) -> ListingView:
        listing = self._tables.listings.get(listing_id)
        if listing is None:
            raise ListingNotFound(listing_id=listing_id)
        return await self._shown(listing, now, now)

    async def browse(
        self, filter: ListingFilter, sort: ListingSort, page: PageRequest, now: datetime
    ) -> Page[ListingView]:
        if sort is ListingSort.NEWEST:
            found = self._matching(filter, now, now)
            return await self._newest(found, page, now)
        return await self._by_price(filter, sort, page, now)

    async def facets(self, filter: ListingFilter, now: datetime) -> Facets:
        printings = {printing.id: printing for printing in self._cards.printings}
        found = self._matching(filter, now, now)
        return self._catalog.facets_of(printings[listing.printing_id] for listing in found)

    async def listings_of(
        self,
        seller_id: UserId,
        state: ListingState | None,
        listed: TimeRange,
        page: PageRequest,
        now: datetime,
    ) -> Page[ListingView]:
        own = (
            listing
            for listing in self._tables.listings
            if listing.seller_id == seller_id
            and state in {None, listing.state_at(now)}
            and listing.listed_at in listed
        )
        return await self._newest(own, page, now)

    async def lowest_asks(self, printing_id: PrintingId, now: datetime) -> Sequence[Ask]:
        return [
            Ask(listing.condition, listing.pricing.at(now))
            for listing in self._tables.listings
            if listing.printing_id == printing_id and listing.state_at(now) is ListingState.ACTIVE
        ]

    async def listed_conditions(self) -> AsyncIterator[ListedCondition]:
        for listing in list(self._tables.listings):
            if listing.state is ListingState.ACTIVE:
                card = self._cards.cards.get(listing.card_id)
                found = None if card is None else ConditionKey.of(card.assessment)
                yield ListedCondition(listing.id, listing.condition, found)

    def _matching(self, filter: ListingFilter, at: datetime, now: datetime) -> Iterator[Listing]:
        """Active listings that match the filter at the prices of a moment."""
        printings = {printing.id for printing in self._catalog.matching(filter)}
        for listing in self._tables.listings:
            price = listing.pricing.at(at)
            if (
                listing.printing_id in printings
                and listing.state_at(now) is ListingState.ACTIVE
                and price.asset == filter.asset
                and filter.printing_id in {None, listing.printing_id}
                and filter.seller_id in {None, listing.seller_id}
                and listing.listed_at in filter.listed
                and (filter.price_min is None or filter.price_min <= price.amount)
                and (filter.price_max is None or price.amount <= filter.price_max)
            ):
                yield listing

    async def _newest(
        self, listings: Iterable[Listing], page: PageRequest, now: datetime
    ) -> Page[ListingView]:
        below = below_id(page)
        older = (listing for listing in listings if listing.id < below)
        ordered = sorted(older, key=lambda listing: listing.id, reverse=True)
        found = cut(ordered, page, lambda listing: listing.id, lambda listing: listing)
        return Page(tuple([await self._shown(each, now, now) for each in found.items]), found.next)

    async def _by_price(
        self, filter: ListingFilter, sort: ListingSort, page: PageRequest, now: datetime
    ) -> Page[ListingView]:
        after = PriceCursor.of(page)
        at = after.priced_at if after else now
        is_descending = sort is ListingSort.DEAREST

        def position(listing: Listing) -> tuple[int, UUID]:
            return listing.pricing.at(at).amount, listing.id

        ordered = sorted(self._matching(filter, at, now), key=position, reverse=is_descending)
        if after is not None:
            last = (after.price, after.listing_id)
            ordered = [
                listing
                for listing in ordered
                if (position(listing) < last if is_descending else position(listing) > last)
            ]
        shown = [await self._shown(listing, at, now) for listing in ordered[: page.limit]]
        more = len(ordered) > len(shown)
        return Page(tuple(shown), PriceCursor.after(shown[-1], at) if more else None)

    async def _shown(self, listing: Listing, at: datetime, now: datetime) -> ListingView:
        """The listing at the price of one moment, in the state of another."""
        card = self._cards.cards.get(listing.card_id)
        printing = await self._catalog.printing(listing.printing_id)
        return ListingView(
            listing=listing,
            serial=card.serial if card else 0,
            printing=printing,
            price=listing.pricing.at(at),
            state=listing.state_at(now),
        )
