import asyncpg
from attrs import define

from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_domain.identity import UserId
from ece_domain.kernel import Money, Page, PageRequest, TimeRange
from ece_domain.sales import FeeSchedule, Sale, SaleSide, TrailingSales
from ece_domain.sales.storage import SaleCursor, TrailingPeriod

from .sales import sale_from


@define
class PostgresSalesHistory:
    _unit: UnitOfWork

    async def sales_of(
        self, trader_id: UserId, side: SaleSide | None, sold: TimeRange, page: PageRequest
    ) -> Page[Sale]:
        after = SaleCursor.of(page)
        arguments: list[object] = [trader_id, page.limit + 1]
        conditions = ""
        if after is not None:
            arguments += [after.sold_at, after.sale_id]
            conditions = "AND (sold_at, id) < ($3, $4)"
        for bound, operator in ((sold.starts_at, ">"), (sold.ends_at, "<")):
            if bound is not None:
                arguments.append(bound)
                conditions += f" AND sold_at {operator} ${len(arguments)}"
        columns = [at.value for at in SaleSide if side in {None, at}]
        parts = " UNION ALL ".join(_SALES_OF.format(column, conditions) for column in columns)
        rows = await self._unit.fetch(
            f"SELECT * FROM ({parts}) AS sale"  # noqa: S608 - no outside text
            " ORDER BY sold_at DESC, id DESC LIMIT $2",
            *arguments,
        )
        sales = tuple(map(sale_from, rows[: page.limit]))
        return Page(sales, SaleCursor.after(sales[-1]) if len(rows) > len(sales) else None)

    async def trailing_sales(
        self, seller_id: UserId, fees: FeeSchedule, period: TrailingPeriod
    ) -> TrailingSales:
        (row,) = await self._unit.fetch(
            TRAILING_SALES.format(seller="$1"),
            seller_id,
            period.starts_at,
            period.ends_at,
            str(fees.volume_asset),
            fees.enough_sales,
        )
        return trailing_sales_from(row, fees, period)


TRAILING_SALES = """
SELECT count(*) AS trailing_count,
    coalesce(sum(latest.price) FILTER (WHERE latest.asset = $4), 0)::bigint AS trailing_volume
FROM (
    SELECT asset, price FROM sales_sale sale
    WHERE sale.seller_id = {seller} AND sale.sold_at >= $2 AND sale.sold_at < $3
    ORDER BY sale.sold_at DESC, sale.id DESC
    LIMIT $5
) latest
"""
"""The seller's sales from $2 to before $3: their number up to $5, and their volume in $4."""
_SALES_OF = """
(SELECT * FROM sales_sale WHERE {}_id = $1 {} ORDER BY sold_at DESC, id DESC LIMIT $2)
"""


def trailing_sales_from(
    row: asyncpg.Record, fees: FeeSchedule, period: TrailingPeriod
) -> TrailingSales:
    volume = Money(row["trailing_volume"], fees.volume_asset)
    return TrailingSales(period.since, period.until, row["trailing_count"], volume)
