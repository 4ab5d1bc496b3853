from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from uuid import UUID

from attrs import define, field

from ece_domain.cards import CardId, CardNotFound
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange, Money
from ece_domain.market import (
    FeeSchedule,
    ListableCard,
    Listing,
    ListingId,
    ListingNotFound,
    ListingState,
    PurchaseTerms,
    RecordPeriod,
    Royalty,
    Sale,
    SaleId,
    SaleNotFound,
    SellerRecord,
)

from .cards import CardsTables
from .ledger import LedgerTables
from .table import Table, UndoLog
from .unit_of_work import UnitOfWork


@define
class MarketTables:
    """Listings and sales; the latter also by seller and day, as each sale looks back 90 days."""

    _undo_log: UndoLog
    listings: Table[UUID, Listing] = field(init=False)
    sales: Table[UUID, Sale] = field(init=False)
    sold_listings: Table[UUID, SaleId] = field(init=False)
    days: Table[tuple[UserId, date], tuple[Sale, ...]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.listings = Table(self._undo_log)
        self.sales = Table(self._undo_log)
        self.sold_listings = Table(self._undo_log)
        self.days = Table(self._undo_log)


@define
class MemoryListings:
    _tables: MarketTables
    _cards: CardsTables
    _ledger: LedgerTables
    _unit: UnitOfWork

    async def get(self, listing_id: ListingId) -> Listing:
        listing = self._tables.listings.get(listing_id)
        if listing is None:
            raise ListingNotFound(listing_id=listing_id)
        return listing

    async def purchase_terms(
        self, listing_id: ListingId, fees: FeeSchedule, now: datetime
    ) -> PurchaseTerms:
        listing = self._tables.listings.get(listing_id)
        printing = listing and self._cards.printings.get(listing.printing_id)
        card_set = printing and self._cards.sets.get(printing.card_set)
        if not (listing and card_set):
            raise ListingNotFound(listing_id=listing_id)
        return PurchaseTerms(
            listing,
            Royalty(card_set.creator, card_set.royalty),
            self._record(listing.seller, fees, RecordPeriod.before(now)),
        )

    async def card_to_list(self, card_id: CardId) -> ListableCard:
        card = self._cards.cards.get(card_id)
        if card is None:
            raise CardNotFound(card_id=card_id)
        possession = self._ledger.possessions.get(card_id)
        hold = possession and possession.hold
        listing = self._tables.listings.get(hold) if hold else None
        return ListableCard(card.printing, card.assessment, listing)

    async def overdue(self, now: datetime, limit: int) -> Sequence[Listing]:
        overdue = (
            listing
            for listing in self._tables.listings
            if listing.state is ListingState.ACTIVE and listing.expires_at <= now
        )
        return sorted(overdue, key=lambda listing: (listing.expires_at, listing.id))[:limit]

    def save(self, listing: Listing) -> None:
        self._unit.save(self._tables.listings, listing.id, listing)

    def _record(self, seller: UserId, fees: FeeSchedule, period: RecordPeriod) -> SellerRecord:
        asset = fees.volume_asset
        latest = list(islice(self._latest_sales(seller, period), fees.enough_sales))
        volume = sum(sale.price.amount for sale in latest if sale.price.asset == asset)
        return SellerRecord(period.since, period.until, len(latest), Money(volume, asset))

    def _latest_sales(self, seller: UserId, period: RecordPeriod) -> Iterator[Sale]:
        day = period.until
        while day > period.since:
            day -= timedelta(days=1)
            sales = self._tables.days.get((seller, day)) or ()
            yield from sorted(sales, key=lambda sale: (sale.sold_at, sale.id), reverse=True)


@define
class MemorySales:
    _tables: MarketTables
    _unit: UnitOfWork

    async def get(self, sale_id: SaleId) -> Sale:
        sale = self._tables.sales.get(sale_id)
        if sale is None:
            raise SaleNotFound(sale_id=sale_id)
        return sale

    def add(self, sale: Sale) -> None:
        self._unit.later(lambda: self._add(sale))

    def _add(self, sale: Sale) -> None:
        if sale.id in self._tables.sales or sale.listing_id in self._tables.sold_listings:
            raise ConcurrentChange
        self._tables.sales.put(sale.id, sale)
        self._tables.sold_listings.put(sale.listing_id, sale.id)
        day = (sale.seller, sale.sold_at.astimezone(UTC).date())
        self._tables.days.put(day, (*(self._tables.days.get(day) or ()), sale))
