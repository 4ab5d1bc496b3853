from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import asyncpg
from attrs import define

from ece_adapters.keyset import below_id, cut
from ece_domain.cards import Facets, PrintingId, PrintingNotFound
from ece_domain.identity import UserId
from ece_domain.kernel import Money, Page, PageRequest
from ece_domain.market import (
    BACK_AND_FORTH,
    WINDOWS,
    GuideEntry,
    GuideWindow,
    LastSale,
    LeftOut,
    LeftOutReason,
    ListingFilter,
    ListingId,
    ListingNotFound,
    ListingOrder,
    ListingView,
    PriceGuide,
    PricePlace,
    Sale,
    SalePlace,
    SaleSide,
)

from .cards_catalogue import PRINTING_COLUMNS, PostgresCatalogue, Query, shown_printing
from .market import asset_of, listing_from, sale_from
from .unit_of_work import UnitOfWork


@define
class PostgresMarket:
    _unit: UnitOfWork

    async def listing(self, listing_id: ListingId, now: datetime) -> ListingView:
        row = await self._unit.fetch_row(f"{_LISTINGS} WHERE listing.id = $1", listing_id)
        if row is None:
            raise ListingNotFound(listing_id=listing_id)
        return _shown(row, now, now)

    async def browse(
        self, wanted: ListingFilter, order: ListingOrder, page: PageRequest, now: datetime
    ) -> Page[ListingView]:
        if order is not ListingOrder.NEWEST:
            return await self._by_price(wanted, order, page, now)
        query, asked = await self._matching(wanted, now, now)
        query.where("listing.id < {}", below_id(page))
        sql = f"{_offered(asked, query)} ORDER BY listing.id DESC LIMIT {page.limit + 1}"
        return _newest(await self._unit.fetch(sql, *query.arguments), page, now)

    async def facets(self, wanted: ListingFilter, now: datetime) -> Facets:
        query, asked = await self._matching(wanted, now, now)
        return await PostgresCatalogue(self._unit).facets_of(_source(asked), query)

    async def listings_of(
        self, seller: UserId, page: PageRequest, now: datetime
    ) -> Page[ListingView]:
        rows = await self._unit.fetch(_LISTINGS_OF, seller, below_id(page), page.limit + 1)
        return _newest(rows, page, now)

    async def sales_of(
        self, trader: UserId, side: SaleSide | None, page: PageRequest
    ) -> Page[Sale]:
        after = SalePlace.of(page)
        arguments: list[object] = [trader, page.limit + 1]
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
        return Page(sales, SalePlace.after(sales[-1]) if len(rows) > len(sales) else None)

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

    async def _by_price(
        self, wanted: ListingFilter, order: ListingOrder, page: PageRequest, now: datetime
    ) -> Page[ListingView]:
        after = PricePlace.of(page)
        at = after.at if after else now
        query, asked = await self._matching(wanted, at, now)
        direction, beyond = ("DESC", "<") if order is ListingOrder.DEAREST else ("ASC", ">")
        if after is not None:
            query.where(f"(asked, listing.id) {beyond} ({{}}, {{}})", after.price, after.listing_id)
        by = f"ORDER BY asked {direction}, id {direction} LIMIT {page.limit + 1}"
        # Fixed prices come sorted from their index; only the declining ones have to be computed.
        fixed = f"{_offered('listing.price', query)} AND listing.floor_price IS NULL {by}"
        falling = f"{_offered(asked, query)} AND listing.floor_price IS NOT NULL {by}"
        rows = await self._unit.fetch(f"({fixed}) UNION ALL ({falling}) {by}", *query.arguments)
        views = tuple(_shown(row, at, now) for row in rows[: page.limit])
        more = len(rows) > len(views)
        return Page(views, PricePlace.after(views[-1], at) if more else None)

    async def _matching(
        self, wanted: ListingFilter, at: datetime, now: datetime
    ) -> tuple[Query, str]:
        """The conditions on an active listing, and what it asks at a moment, as SQL."""
        query = await PostgresCatalogue(self._unit).matching(wanted)
        query.arguments.append(at)
        asked = _PRICE_AT.format(len(query.arguments))
        query.where("listing.state = 'active' AND listing.expires_at > {}", now)
        query.where("listing.asset = {}", str(wanted.asset))
        if wanted.printing is not None:
            query.where("listing.printing_id = {}", wanted.printing)
        if wanted.seller is not None:
            query.where("listing.seller_id = {}", wanted.seller)
        if wanted.lowest is not None:
            query.where("asked >= {}", wanted.lowest)
        if wanted.highest is not None:
            query.where("asked <= {}", wanted.highest)
        return query, asked


_COLUMNS = f"listing.*, card.serial, {PRINTING_COLUMNS}"
_JOINS = """
JOIN cards_card card ON card.id = listing.card_id
JOIN cards_printing p ON p.id = listing.printing_id
JOIN cards_set s ON s.id = p.set_id
"""
_LISTINGS = f"SELECT {_COLUMNS} FROM market_listing listing {_JOINS}"  # noqa: S608 - our own text
_LISTINGS_OF = f"""
{_LISTINGS} WHERE listing.seller_id = $1 AND listing.id < $2 ORDER BY listing.id DESC LIMIT $3
"""
_PRICE_AT = (
    "market_price_at(listing.price, listing.floor_price, listing.falls_from,"
    " listing.falls_until, ${})"
)
_SALES_OF = """
(SELECT * FROM market_sale WHERE {}_id = $1 {} ORDER BY sold_at DESC, id DESC LIMIT $2)
"""
# A sale counts unless the same two traded the printing the other way, shortly before or after.
_UNDONE = """
EXISTS (
    SELECT FROM market_sale other
    WHERE other.printing_id = sale.printing_id
        AND other.seller_id = sale.buyer_id AND other.buyer_id = sale.seller_id
        AND other.sold_at BETWEEN sale.sold_at - $4::interval AND sale.sold_at + $4::interval
)
"""
_PRICE_GUIDE = f"""
WITH asked AS (
    SELECT condition, asset,
        min(market_price_at(price, floor_price, falls_from, falls_until, $2)) AS lowest_ask
    FROM market_listing
    WHERE printing_id = $1 AND state = 'active' AND expires_at > $2
    GROUP BY condition, asset
), keys AS (
    SELECT condition, asset FROM asked
    UNION
    SELECT condition, asset FROM market_sale WHERE printing_id = $1
), recent AS (
    SELECT condition, asset, price, sold_at, {_UNDONE} AS is_undone
    FROM market_sale sale
    WHERE printing_id = $1 AND sold_at > $2 - make_interval(days => $5)
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
SELECT keys.condition, keys.asset, lowest_ask, last.price AS last_price, last.sold_at, left_out,
    days, sales, average, median
FROM cards_printing printing
LEFT JOIN keys ON true
LEFT JOIN asked USING (condition, asset)
LEFT JOIN left_out USING (condition, asset)
LEFT JOIN counted USING (condition, asset)
LEFT JOIN LATERAL (
    SELECT price, sold_at FROM market_sale sale
    WHERE printing_id = $1 AND sale.condition = keys.condition AND sale.asset = keys.asset
        AND NOT {_UNDONE}
    ORDER BY sold_at DESC, price DESC
    LIMIT 1
) last ON true
WHERE printing.id = $1
ORDER BY keys.condition, keys.asset
"""  # noqa: S608 - all of it is our own text


def _source(asked: str) -> str:
    """Listings with what they ask, so that conditions and order can speak of it."""
    return f"market_listing listing CROSS JOIN LATERAL (SELECT {asked} AS asked) AS price {_JOINS}"


def _offered(asked: str, query: Query) -> str:
    return f"SELECT {_COLUMNS}, asked FROM {_source(asked)} WHERE {query.conditions}"  # noqa: S608


def _newest(rows: Sequence[asyncpg.Record], page: PageRequest, now: datetime) -> Page[ListingView]:
    return cut(rows, page, lambda row: str(row["id"]), lambda row: _shown(row, now, now))


def _shown(row: asyncpg.Record, at: datetime, now: datetime) -> ListingView:
    """The listing at the price of one moment, in the state of another."""
    listing = listing_from(row)
    return ListingView(
        listing=listing,
        serial=row["serial"],
        printing=shown_printing(row),
        price=listing.pricing.at(at),
        state=listing.state_at(now),
    )


def _entry(rows: Sequence[asyncpg.Record]) -> GuideEntry:
    """One entry; its rows are its windows in which there were sales."""
    row, asset = rows[0], asset_of(rows[0]["asset"])
    windows = {row["days"]: _window(row) for row in rows}
    left_out = row["left_out"]
    return GuideEntry(
        condition=row["condition"],
        asset=asset,
        lowest_ask=None if row["lowest_ask"] is None else Money(row["lowest_ask"], asset),
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
