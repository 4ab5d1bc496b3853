"""Reads that change nothing."""

from typing import final

from attrs import frozen

from ece_domain.cards import Facets, PrintingId
from ece_domain.identity import Role, UserId
from ece_domain.kernel import Begin, Clock, Page, PageRequest
from ece_domain.ledger import OPERATORS

from .errors import SaleNotFound
from .listing import ListingId
from .ports import MarketTransaction
from .price_guide import PriceGuide
from .sale import Sale, SaleId
from .views import ListingFilter, ListingOrder, ListingView, SaleSide


@final
@frozen
class ShowListing:
    """A listing, whatever its state."""

    begin: Begin[MarketTransaction]
    clock: Clock

    async def __call__(self, *, listing_id: ListingId) -> ListingView:
        """:raises ListingNotFound: if there is none."""
        async with self.begin() as transaction:
            return await transaction.market.listing(listing_id, self.clock())


@final
@frozen
class BrowseListings:
    """The active listings that are wanted, page by page.

    Sorted by price, all pages show the prices of the moment at which the first page was asked for,
    so that declining prices neither skip nor repeat a listing.
    """

    begin: Begin[MarketTransaction]
    clock: Clock

    async def __call__(
        self, *, wanted: ListingFilter, order: ListingOrder, page: PageRequest
    ) -> Page[ListingView]:
        """:raises InvalidPage: if the position is not one that this list has given."""
        async with self.begin() as transaction:
            return await transaction.market.browse(wanted, order, page, self.clock())


@final
@frozen
class CountListings:
    """How many active listings there are of each set, rarity, finish and artist."""

    begin: Begin[MarketTransaction]
    clock: Clock

    async def __call__(self, *, wanted: ListingFilter) -> Facets:
        async with self.begin() as transaction:
            return await transaction.market.facets(wanted, self.clock())


@final
@frozen
class OwnListings:
    """All listings of a seller, whatever their state, newest first."""

    begin: Begin[MarketTransaction]
    clock: Clock

    async def __call__(self, *, seller: UserId, page: PageRequest) -> Page[ListingView]:
        """:raises InvalidPage: if the position is not one that this list has given."""
        async with self.begin() as transaction:
            return await transaction.market.listings_of(seller, page, self.clock())


@final
@frozen
class OwnTrades:
    """What somebody sold, bought, or both, newest first."""

    begin: Begin[MarketTransaction]

    async def __call__(
        self, *, trader: UserId, side: SaleSide | None, page: PageRequest
    ) -> Page[Sale]:
        """:raises InvalidPage: if the position is not one that this list has given."""
        async with self.begin() as transaction:
            return await transaction.market.sales_of(trader, side, page)


@final
@frozen
class ShowSale:
    """A sale with its receipt, for its two sides and the exchange's operators."""

    begin: Begin[MarketTransaction]

    async def __call__(self, *, sale_id: SaleId, reader: UserId, role: Role) -> Sale:
        """:raises SaleNotFound: if there is none, or the reader took no part in it."""
        async with self.begin() as transaction:
            sale = await transaction.sales.get(sale_id)
        if role not in OPERATORS and reader not in {sale.seller, sale.buyer}:
            raise SaleNotFound(sale_id=sale_id)
        return sale


@final
@frozen
class GuidePrices:
    """What a printing is worth, in each condition it was offered or sold in."""

    begin: Begin[MarketTransaction]
    clock: Clock

    async def __call__(self, *, printing_id: PrintingId) -> PriceGuide:
        """:raises PrintingNotFound: if there is no such printing."""
        async with self.begin() as transaction:
            return await transaction.market.price_guide(printing_id, self.clock())
