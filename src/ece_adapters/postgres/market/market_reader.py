from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from operator import itemgetter

import asyncpg
from attrs import define

from ece_adapters.postgres.cards.cards import assessment_of
from ece_adapters.postgres.cards.catalog import (
    PRINTING_COLUMNS,
    PostgresCatalog,
    Query,
    shown_printing,
)
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.postgres.sales.sales import asset_of, condition_key_of
from ece_adapters.storage.keyset import below_id, cut
from ece_domain.cards import ConditionKey, Facets, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Money, Page, PageRequest, TimeRange
from ece_domain.market import (
    ListingFilter,
    ListingId,
    ListingNotFound,
    ListingSort,
    ListingState,
    ListingView,
)
from ece_domain.market.storage import ListedCondition, PriceCursor
from ece_domain.sales import Ask

from .listings import listing_from


@define
class PostgresMarketReader:
    _unit: UnitOfWork

    async def listing(self, listing_id: ListingId, now: datetime) -> ListingView:
        row = await self._unit.fetch_row(f"{_LISTINGS} WHERE listing.id = $1", listing_id)
        if row is None:
            raise ListingNotFound(listing_id=listing_id)
        return _shown(row, now, now)

    async def browse(
        self, filter: ListingFilter, sort: ListingSort, page: PageRequest, now: datetime
    ) -> Page[ListingView]:
        if sort is not ListingSort.NEWEST:
            return await self._by_price(filter, sort, page, now)
        query, asked = await self._matching(filter, now, now)
        query.where("listing.id < {}", below_id(page))
        sql = f"{_offered(asked, query)} ORDER BY listing.id DESC LIMIT {page.limit + 1}"
        return _newest(await self._unit.fetch(sql, *query.arguments), page, now)

    async def facets(self, filter: ListingFilter, now: datetime) -> Facets:
        query, asked = await self._matching(filter, now, now)
        return await PostgresCatalog(self._unit).facets_of(
            query,
            f"{_priced('listing.price')} {_PRINTING_OF_LISTING} AND {_IS_FIXED}",
            f"{_priced(asked)} {_PRINTING_OF_LISTING} AND {_IS_FALLING}",
        )

    async def listings_of(
        self,
        seller_id: UserId,
        state: ListingState | None,
        listed: TimeRange,
        page: PageRequest,
        now: datetime,
    ) -> Page[ListingView]:
        rows = await self._unit.fetch(
            _LISTINGS_OF,
            seller_id,
            below_id(page),
            page.limit + 1,
            state and state.value,
            now,
            listed.starts_at,
            listed.ends_at,
        )
        return _newest(rows, page, now)

    async def lowest_asks(self, printing_id: PrintingId, now: datetime) -> Sequence[Ask]:
        rows = await self._unit.fetch(_LOWEST_ASKS, printing_id, now)
        return [
            Ask(
                condition_key_of(row["condition"]), Money(row["lowest_ask"], asset_of(row["asset"]))
            )
            for row in rows
        ]

    async def listed_conditions(self) -> AsyncIterator[ListedCondition]:
        async for row in self._unit.stream(_LISTED_CONDITIONS):
            found = None if row["card_id"] is None else ConditionKey.of(assessment_of(row))
            yield ListedCondition(ListingId(row["id"]), condition_key_of(row["condition"]), found)

    async def _by_price(
        self, filter: ListingFilter, sort: ListingSort, page: PageRequest, now: datetime
    ) -> Page[ListingView]:
        after = PriceCursor.of(page)
        at = after.priced_at if after else now
        query, asked = await self._matching(filter, at, now)
        direction, beyond = ("DESC", "<") if sort is ListingSort.DEAREST else ("ASC", ">")
        if after is not None:
            query.where(f"(asked, listing.id) {beyond} ({{}}, {{}})", after.price, after.listing_id)
        by = f"ORDER BY asked {direction}, id {direction} LIMIT {page.limit + 1}"
        # Fixed prices are read in order from their index; only declining ones are computed.
        fixed = f"{_offered('listing.price', query)} AND {_IS_FIXED} {by}"
        falling = f"{_offered(asked, query)} AND {_IS_FALLING} {by}"
        rows = await self._unit.fetch(f"({fixed}) UNION ALL ({falling}) {by}", *query.arguments)
        views = tuple(_shown(row, at, now) for row in rows[: page.limit])
        more = len(rows) > len(views)
        return Page(views, PriceCursor.after(views[-1], at) if more else None)

    async def _matching(
        self, filter: ListingFilter, at: datetime, now: datetime
    ) -> tuple[Query, str]:
        """The conditions on an active listing, and its price at a moment, as SQL."""
        query = await PostgresCatalog(self._unit).matching(filter)
        query.arguments.append(at)
        asked = _PRICE_AT.format(len(query.arguments))
        query.where("listing.state = 'active' AND listing.expires_at > {}", now)
        query.where("listing.asset = {}", str(filter.asset))
        if filter.printing_id is not None:
            query.where("listing.printing_id = {}", filter.printing_id)
        if filter.seller_id is not None:
            query.where("listing.seller_id = {}", filter.seller_id)
        query.within("listing.listed_at", filter.listed)
        if filter.price_min is not None:
            query.where("asked >= {}", filter.price_min)
        if filter.price_max is not None:
            query.where("asked <= {}", filter.price_max)
        return query, asked


_COLUMNS = f"listing.*, card.serial, {PRINTING_COLUMNS}"
_IS_FIXED, _IS_FALLING = "listing.floor_price IS NULL", "listing.floor_price IS NOT NULL"
_PRINTING_OF_LISTING = "JOIN cards_printing p ON p.id = listing.printing_id"
_JOINS = f"""
JOIN cards_card card ON card.id = listing.card_id
{_PRINTING_OF_LISTING}
JOIN cards_set s ON s.id = p.set_id
"""
_LISTINGS = f"SELECT {_COLUMNS} FROM market_listing listing {_JOINS}"  # noqa: S608 - our own text
_LISTINGS_OF = f"""
{_LISTINGS} WHERE listing.seller_id = $1 AND listing.id < $2
    AND ($4::text IS NULL OR $4 = CASE
        WHEN listing.state = 'active' AND listing.expires_at <= $5 THEN 'expired'
        ELSE listing.state
    END)
    AND ($6::timestamptz IS NULL OR listing.listed_at > $6)
    AND ($7::timestamptz IS NULL OR listing.listed_at < $7)
ORDER BY listing.id DESC LIMIT $3
"""
_PRICE_AT = (
    "market_price_at(listing.price, listing.floor_price, listing.falls_from,"
    " listing.falls_until, ${})"
)
_LISTED_CONDITIONS = """
SELECT listing.id, listing.condition, card.id AS card_id, card.condition_scale,
    card.condition_code, card.grade_company, card.grade, card.certificate
FROM market_listing listing LEFT JOIN cards_card card ON card.id = listing.card_id
WHERE listing.state = 'active'
"""
_LOWEST_ASKS = """
SELECT condition, asset,
    min(market_price_at(price, floor_price, falls_from, falls_until, $2)) AS lowest_ask
FROM market_listing
WHERE printing_id = $1 AND state = 'active' AND expires_at > $2
GROUP BY condition, asset
"""


def _source(asked: str) -> str:
    """Listings with the price of the moment, for conditions and sort orders."""
    return f"{_priced(asked)} {_JOINS}"


def _priced(asked: str) -> str:
    return f"market_listing listing CROSS JOIN LATERAL (SELECT {asked} AS asked) AS price"


def _offered(asked: str, query: Query) -> str:
    return f"SELECT {_COLUMNS}, asked FROM {_source(asked)} WHERE {query.conditions}"  # noqa: S608


def _newest(rows: Sequence[asyncpg.Record], page: PageRequest, now: datetime) -> Page[ListingView]:
    return cut(rows, page, itemgetter("id"), lambda row: _shown(row, now, now))


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
