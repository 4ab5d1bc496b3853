from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_domain.cards import PrintingId, PrintingNotFound
from ece_domain.kernel import Money
from ece_domain.sales import (
    WINDOWS,
    ExcludedSales,
    ExclusionReason,
    GuideEntry,
    GuideWindow,
    LastSale,
    PriceGuide,
)

from .sales import asset_of, condition_key_of


@define
class PostgresPriceGuides:
    _unit: UnitOfWork

    async def price_guide(self, printing_id: PrintingId, now: datetime) -> PriceGuide:
        rows = await self._unit.fetch(_PRICE_GUIDE, printing_id, now, list(WINDOWS), WINDOWS[-1])
        if not rows:
            raise PrintingNotFound
        entries = groupby(
            (row for row in rows if row["condition"] is not None), itemgetter("condition", "asset")
        )
        return PriceGuide(printing_id, now, tuple(_entry(list(parts)) for _, parts in entries))


# The conditions and assets of a printing's sales, one index lookup each (loose index scan).
_KEYS = """
{name} AS (
    (
        SELECT condition, asset FROM sales_sale WHERE printing_id = $1 AND {which}
        ORDER BY condition, asset LIMIT 1
    )
    UNION ALL
    SELECT following.condition, following.asset
    FROM {name} AS key CROSS JOIN LATERAL (
        SELECT condition, asset FROM sales_sale
        WHERE printing_id = $1 AND {which} AND (condition, asset) > (key.condition, key.asset)
        ORDER BY condition, asset LIMIT 1
    ) AS following
)
"""
_OF_KEY = "printing_id = $1 AND sale.condition = key.condition AND sale.asset = key.asset"
# A median is at most halfway between two whole numbers below 2^52, so a double is exact.
_PRICE_GUIDE = f"""
WITH RECURSIVE {_KEYS.format(name="counted_key", which="is_counted")},
{_KEYS.format(name="left_out_key", which="NOT is_counted")},
key AS (SELECT * FROM counted_key UNION SELECT * FROM left_out_key)
SELECT key.condition, key.asset, last.price AS last_price, last.sold_at, excluded.excluded, days,
    recent.sales, div(2 * recent.total + recent.sales, 2 * recent.sales)::bigint AS average,
    floor(recent.median + 0.5)::bigint AS median
FROM cards_printing printing
LEFT JOIN key ON true
LEFT JOIN unnest($3::int[]) AS days ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS sales, sum(price) AS total,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS median
    FROM sales_sale sale
    WHERE {_OF_KEY} AND is_counted
        AND sold_at > $2::timestamptz - days * interval '24 hours'
) recent ON recent.sales > 0
LEFT JOIN LATERAL (
    SELECT count(*) AS excluded FROM sales_sale sale
    WHERE {_OF_KEY} AND NOT is_counted
        AND sold_at > $2::timestamptz - $4 * interval '24 hours'
) excluded ON true
LEFT JOIN LATERAL (
    SELECT price, sold_at FROM sales_sale sale WHERE {_OF_KEY} AND is_counted
    ORDER BY sold_at DESC, price DESC LIMIT 1
) last ON true
WHERE printing.id = $1
ORDER BY key.condition, key.asset
"""  # noqa: S608 - all of it is our own text


def _entry(rows: Sequence[asyncpg.Record]) -> GuideEntry:
    """One entry of the guide, with one row per window."""
    row, asset = rows[0], asset_of(rows[0]["asset"])
    windows = {row["days"]: _window(row) for row in rows}
    excluded = row["excluded"]
    return GuideEntry(
        condition=condition_key_of(row["condition"]),
        asset=asset,
        lowest_ask=None,
        last_sale=LastSale(Money(row["last_price"], asset), row["sold_at"])
        if row["sold_at"]
        else None,
        windows=tuple(windows.get(days) or GuideWindow(days, 0, None, None) for days in WINDOWS),
        excluded=(ExcludedSales(ExclusionReason.BACK_AND_FORTH, excluded),) if excluded else (),
    )


def _window(row: asyncpg.Record) -> GuideWindow | None:
    if row["sales"] is None:
        return None
    asset = asset_of(row["asset"])
    average, median = Money(row["average"], asset), Money(row["median"], asset)
    return GuideWindow(row["days"], row["sales"], average, median)
