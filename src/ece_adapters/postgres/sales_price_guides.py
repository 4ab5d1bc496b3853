from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import asyncpg
from attrs import define

from ece_domain.cards import PrintingId, PrintingNotFound
from ece_domain.kernel import Money
from ece_domain.sales import (
    BACK_AND_FORTH,
    WINDOWS,
    GuideEntry,
    GuideWindow,
    LastSale,
    LeftOut,
    LeftOutReason,
    PriceGuide,
)

from .sales import asset_of, condition_of
from .unit_of_work import UnitOfWork


@define
class PostgresPriceGuides:
    _unit: UnitOfWork

    async def price_guide(self, printing_id: PrintingId, now: datetime) -> PriceGuide:
        rows = await self._unit.fetch(
            _PRICE_GUIDE, printing_id, now, list(WINDOWS), BACK_AND_FORTH, WINDOWS[-1]
        )
        if not rows:
            raise PrintingNotFound
        entries = groupby(
            (row for row in rows if row["condition"] is not None), itemgetter("condition", "asset")
        )
        return PriceGuide(printing_id, now, tuple(_entry(list(parts)) for _, parts in entries))


# A sale counts unless the same two traded the printing the other way, shortly before or after.
_UNDONE = """
EXISTS (
    SELECT FROM sales_sale other
    WHERE other.printing_id = sale.printing_id
        AND other.seller_id = sale.buyer_id AND other.buyer_id = sale.seller_id
        AND other.sold_at BETWEEN sale.sold_at - $4::interval AND sale.sold_at + $4::interval
)
"""
_PRICE_GUIDE = f"""
WITH keys AS (
    SELECT DISTINCT condition, asset FROM sales_sale WHERE printing_id = $1
), recent AS (
    SELECT condition, asset, price, sold_at, {_UNDONE} AS is_undone
    FROM sales_sale sale
    WHERE printing_id = $1 AND sold_at > $2::timestamptz - make_interval(days => $5)
), left_out AS (
    SELECT condition, asset, count(*) AS left_out
    FROM recent WHERE is_undone
    GROUP BY condition, asset
), placed AS (
    SELECT condition, asset, days, price,
        row_number() OVER (PARTITION BY condition, asset, days ORDER BY price) AS place,
        count(*) OVER (PARTITION BY condition, asset, days) AS sales
    FROM recent CROSS JOIN unnest($3::int[]) AS days
    WHERE NOT is_undone AND sold_at > $2 - make_interval(days => days)
), counted AS (
    SELECT condition, asset, days, sales,
        div(2 * sum(price) + sales, 2 * sales)::bigint AS average,
        ((min(price) FILTER (WHERE place = (sales + 1) / 2)
            + min(price) FILTER (WHERE place = sales / 2 + 1) + 1) / 2) AS median
    FROM placed
    GROUP BY condition, asset, days, sales
)
SELECT keys.condition, keys.asset, last.price AS last_price, last.sold_at, left_out,
    days, sales, average, median
FROM cards_printing printing
LEFT JOIN keys ON true
LEFT JOIN left_out USING (condition, asset)
LEFT JOIN counted USING (condition, asset)
LEFT JOIN LATERAL (
    SELECT price, sold_at FROM sales_sale sale
    WHERE printing_id = $1 AND sale.condition = keys.condition AND sale.asset = keys.asset
        AND NOT {_UNDONE}
    ORDER BY sold_at DESC, price DESC
    LIMIT 1
) last ON true
WHERE printing.id = $1
ORDER BY keys.condition, keys.asset
"""  # noqa: S608 - all of it is our own text


def _entry(rows: Sequence[asyncpg.Record]) -> GuideEntry:
    """One entry; its rows are its windows in which there were sales."""
    row, asset = rows[0], asset_of(rows[0]["asset"])
    windows = {row["days"]: _window(row) for row in rows}
    left_out = row["left_out"]
    return GuideEntry(
        condition=condition_of(row["condition"]),
        asset=asset,
        lowest_ask=None,
        last_sale=LastSale(Money(row["last_price"], asset), row["sold_at"])
        if row["sold_at"]
        else None,
        windows=tuple(windows.get(days) or GuideWindow(days, 0, None, None) for days in WINDOWS),
        left_out=(LeftOut(LeftOutReason.BACK_AND_FORTH, left_out),) if left_out else (),
    )


def _window(row: asyncpg.Record) -> GuideWindow | None:
    if row["days"] is None:
        return None
    asset = asset_of(row["asset"])
    average, median = Money(row["average"], asset), Money(row["median"], asset)
    return GuideWindow(row["days"], row["sales"], average, median)
