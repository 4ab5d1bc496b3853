from functools import lru_cache

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.refusals import CONSTRAINTS
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.storage import stored_json
from ece_domain.cards import CardId, ConditionKey, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Asset, ConcurrentChange, Money, Page, PageRequest
from ece_domain.sales import (
    FeeSchedule,
    Sale,
    SaleCursor,
    SaleId,
    SaleNotFound,
    SaleOrigin,
    SaleReceipt,
    SaleSide,
    TrailingPeriod,
    TrailingSales,
)

CONSTRAINTS.update(sales_sale_pkey=ConcurrentChange, sales_sale_origin_once=ConcurrentChange)

asset_of = lru_cache(maxsize=64)(Asset.parse)
condition_of = lru_cache(maxsize=256)(ConditionKey)


@define
class PostgresSales:
    _unit: UnitOfWork

    async def get(self, sale_id: SaleId) -> Sale:
        row = await self._unit.fetch_row("SELECT * FROM sales_sale WHERE id = $1", sale_id)
        if row is None:
            raise SaleNotFound(sale_id=sale_id)
        return sale_from(row)

    def add(self, sale: Sale) -> None:
        self._unit.batch.write(
            _INSERT_SALE,
            sale.id,
            sale.origin.kind,
            sale.origin.id,
            sale.card_id,
            sale.printing_id,
            sale.condition.text,
            sale.seller_id,
            sale.buyer_id,
            str(sale.price.asset),
            sale.price.amount,
            sale.sold_at,
            stored_json.encode(sale.receipt, SaleReceipt),
            row=("sales_sale", str(sale.id)),
        )
        self._unit.publish(sale.sold)


@define
class PostgresSalesHistory:
    _unit: UnitOfWork

    async def sales_of(
        self, trader_id: UserId, side: SaleSide | None, page: PageRequest
    ) -> Page[Sale]:
        after = SaleCursor.of(page)
        arguments: list[object] = [trader_id, page.limit + 1]
        before = ""
        if after is not None:
            arguments += [after.sold_at, after.sale_id]
            before = "AND (sold_at, id) < ($3, $4)"
        columns = [at.value for at in SaleSide if side in {None, at}]
        parts = " UNION ALL ".join(_SALES_OF.format(column, before) for column in columns)
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
"""Of the seller, from $2 to before $3: how many sales up to $5, and their volume in asset $4."""
_SALES_OF = """
(SELECT * FROM sales_sale WHERE {}_id = $1 {} ORDER BY sold_at DESC, id DESC LIMIT $2)
"""
_INSERT_SALE = """
INSERT INTO sales_sale
    (id, origin_kind, origin_id, card_id, printing_id, condition, seller_id, buyer_id, asset,
     price, sold_at, receipt)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""


def sale_from(row: asyncpg.Record) -> Sale:
    return Sale(
        id=SaleId(row["id"]),
        origin=SaleOrigin(row["origin_kind"], row["origin_id"]),
        card_id=CardId(row["card_id"]),
        printing_id=PrintingId(row["printing_id"]),
        condition=condition_of(row["condition"]),
        seller_id=UserId(row["seller_id"]),
        buyer_id=UserId(row["buyer_id"]),
        receipt=stored_json.decode(row["receipt"], SaleReceipt),
        sold_at=row["sold_at"],
    )


def trailing_sales_from(
    row: asyncpg.Record, fees: FeeSchedule, period: TrailingPeriod
) -> TrailingSales:
    volume = Money(row["trailing_volume"], fees.volume_asset)
    return TrailingSales(period.since, period.until, row["trailing_count"], volume)
