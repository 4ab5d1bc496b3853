from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from uuid import UUID

from attrs import define, field

from ece_adapters.memory.cards.cards import CardsTables
from ece_adapters.memory.engine.table import Table, UndoLog
from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_domain.cards import PrintingId, PrintingNotFound
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange, Money, Page, PageRequest
from ece_domain.sales import (
    FeeSchedule,
    PricedSale,
    PriceGuide,
    Sale,
    SaleCursor,
    SaleId,
    SaleNotFound,
    SaleOrigin,
    SaleSide,
    TrailingPeriod,
    TrailingSales,
    compute_price_guide,
)


@define
class SalesTables:
    """Sales; also by their origin, and by seller and day, as each sale looks back 90 days.

    ``days`` are those on which a seller sold anything, so that nobody looks at the others.
    """

    _undo_log: UndoLog
    sales: Table[UUID, Sale] = field(init=False)
    by_origin: Table[SaleOrigin, SaleId] = field(init=False)
    days: Table[UserId, frozenset[date]] = field(init=False)
    by_day: Table[tuple[UserId, date], tuple[Sale, ...]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.sales = Table(self._undo_log, "sales_sale")
        self.by_origin = Table(self._undo_log)
        self.days = Table(self._undo_log)
        self.by_day = Table(self._undo_log)


@define
class MemorySales:
    _tables: SalesTables
    _unit: UnitOfWork

    async def get(self, sale_id: SaleId) -> Sale:
        sale = self._tables.sales.get(sale_id)
        if sale is None:
            raise SaleNotFound(sale_id=sale_id)
        return sale

    def add(self, sale: Sale) -> None:
        row = (self._tables.sales.name, str(sale.id))
        self._unit.later(lambda: self._add(sale), row=row)
        self._unit.publish(sale.sold)

    def _add(self, sale: Sale) -> None:
        if sale.id in self._tables.sales or sale.origin in self._tables.by_origin:
            raise ConcurrentChange
        self._tables.sales.put(sale.id, sale)
        self._tables.by_origin.put(sale.origin, sale.id)
        day = sale.sold_at.astimezone(UTC).date()
        tables = self._tables
        tables.days.put(sale.seller_id, (tables.days.get(sale.seller_id) or frozenset()) | {day})
        of_day = tables.by_day.get((sale.seller_id, day)) or ()
        tables.by_day.put((sale.seller_id, day), (*of_day, sale))


@define
class MemorySalesHistory:
    _tables: SalesTables

    async def sales_of(
        self, trader_id: UserId, side: SaleSide | None, page: PageRequest
    ) -> Page[Sale]:
        after = SaleCursor.of(page)
        own = (
            sale
            for sale in self._tables.sales
            if (side is not SaleSide.BUYER and sale.seller_id == trader_id)
            or (side is not SaleSide.SELLER and sale.buyer_id == trader_id)
        )
        ordered = sorted(own, key=lambda sale: (sale.sold_at, sale.id), reverse=True)
        if after is not None:
            before = (after.sold_at, after.sale_id)
            ordered = [sale for sale in ordered if (sale.sold_at, sale.id) < before]
        shown = tuple(ordered[: page.limit])
        more = len(ordered) > len(shown)
        return Page(shown, SaleCursor.after(shown[-1]) if more else None)

    async def trailing_sales(
        self, seller_id: UserId, fees: FeeSchedule, period: TrailingPeriod
    ) -> TrailingSales:
        asset = fees.volume_asset
        latest = list(islice(self._latest_sales(seller_id, period), fees.enough_sales))
        volume = sum(sale.price.amount for sale in latest if sale.price.asset == asset)
        return TrailingSales(period.since, period.until, len(latest), Money(volume, asset))

    def _latest_sales(self, seller_id: UserId, period: TrailingPeriod) -> Iterator[Sale]:
        for day in sorted(self._tables.days.get(seller_id) or (), reverse=True):
            if not period.since <= day < period.until:
                continue
            sales = self._tables.by_day.get((seller_id, day)) or ()
            yield from sorted(sales, key=lambda sale: (sale.sold_at, sale.id), reverse=True)


@define
class MemoryPriceGuides:
    """Looks at every sale, every time: right before fast."""

    _tables: SalesTables
    _cards: CardsTables

    async def price_guide(self, printing_id: PrintingId, now: datetime) -> PriceGuide:
        if printing_id not in self._cards.printings:
            raise PrintingNotFound
        sales = (
            PricedSale(sale.condition, sale.seller_id, sale.buyer_id, sale.price, sale.sold_at)
            for sale in self._tables.sales
            if sale.printing_id == printing_id
        )
        return compute_price_guide(printing_id, sales, now)
