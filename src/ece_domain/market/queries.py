"""The queries of the market."""

from typing import final

from attrs import frozen

from ece_domain.cards import Facets, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import ALL_TIME, Begin, Clock, Page, PageRequest, TimeRange
from ece_domain.sales import PriceGuide

from .listing import ListingId
from .listing_state import ListingState
from .ports import MarketTransaction
from .views import ListingFilter, ListingSort, ListingView


@final
@frozen
class GetListing:
    """A listing, in any state."""

    begin: Begin[MarketTransaction]
    clock: Clock

    async def __call__(self, *, listing_id: ListingId) -> ListingView:
        """:raises ListingNotFound: if there is none."""
        async with self.begin() as transaction:
            return await transaction.market_reader.listing(listing_id, self.clock())


@final
@frozen
class SearchListings:
    """The active listings that match the filter, page by page.

    Sorted by price, all pages show the prices at the moment of the first page, so that declining
    prices neither skip nor repeat a listing.
    """

    begin: Begin[MarketTransaction]
    clock: Clock

    async def __call__(
        self, *, filter: ListingFilter, sort: ListingSort, page: PageRequest
    ) -> Page[ListingView]:
        """
        :raises UserNotFound: if the filter names a seller who does not exist.
        :raises InvalidPage: if the position is not one that this list has given.
        """
        async with self.begin() as transaction:
            await _require_seller(transaction, filter)
            return await transaction.market_reader.browse(filter, sort, page, self.clock())


@final
@frozen
class GetListingFacets:
    """The number of active listings of each set, rarity, finish and artist."""

    begin: Begin[MarketTransaction]
    clock: Clock

    async def __call__(self, *, filter: ListingFilter) -> Facets:
        """:raises UserNotFound: if the filter names a seller who does not exist."""
        async with self.begin() as transaction:
            await _require_seller(transaction, filter)
            return await transaction.market_reader.facets(filter, self.clock())


@final
@frozen
class ListMyListings:
    """The listings of a seller, of any state or of one, newest first."""

    begin: Begin[MarketTransaction]
    clock: Clock

    async def __call__(
        self,
        *,
        seller_id: UserId,
        page: PageRequest,
        state: ListingState | None = None,
        listed: TimeRange = ALL_TIME,
    ) -> Page[ListingView]:
        """:raises InvalidPage: if the position is not one that this list has given."""
        async with self.begin() as transaction:
            return await transaction.market_reader.listings_of(
                seller_id, state, listed, page, self.clock()
            )


@final
@frozen
class GetPriceGuide:
    """The price guide of a printing, by the conditions in which it was sold or is offered."""

    begin: Begin[MarketTransaction]
    clock: Clock

    async def __call__(self, *, printing_id: PrintingId) -> PriceGuide:
        """:raises PrintingNotFound: if there is no such printing."""
        now = self.clock()
        async with self.begin() as transaction:
            guide = await transaction.price_guides.price_guide(printing_id, now)
            return guide.with_asks(await transaction.market_reader.lowest_asks(printing_id, now))


async def _require_seller(transaction: MarketTransaction, filter: ListingFilter) -> None:
    if filter.seller_id is not None:
        await transaction.users.get(filter.seller_id)
