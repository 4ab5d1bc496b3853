from collections.abc import Iterator
from itertools import islice

from attrs import define

from ece_domain.identity import UserId
from ece_domain.kernel import Money, Page, PageRequest, TimeRange
from ece_domain.sales import FeeSchedule, Sale, SaleSide, TrailingSales
from ece_domain.sales.storage import SaleCursor, TrailingPeriod

from .tables import SalesTables


@define
class MemorySalesHistory:
    _tables: SalesTables

    async def sales_of(
        self, trader_id: UserId, side: SaleSide | None, sold: TimeRange, page: PageRequest
    ) -> Page[Sale]:
        after = SaleCursor.of(page)
        own = (
            sale
            for sale in self._tables.sales
            if sale.sold_at in sold
            and (
                (side is not SaleSide.BUYER and sale.seller_id == trader_id)
                or (side is not SaleSide.SELLER and sale.buyer_id == trader_id)
            )
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
