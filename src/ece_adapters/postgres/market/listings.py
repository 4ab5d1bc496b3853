from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
from attrs import define

from ece_adapters.postgres.cards.cards import card_of
from ece_adapters.postgres.engine.refusals import CONSTRAINTS
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.postgres.sales.sales import asset_of, condition_key_of
from ece_adapters.postgres.sales.sales_history import TRAILING_SALES, trailing_sales_from
from ece_domain.cards import CardId, CardNotFound, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange, Money, Rate
from ece_domain.market import (
    Listing,
    ListingId,
    ListingNotFound,
    ListingState,
    PriceDecline,
    Pricing,
)
from ece_domain.market.storage import ListableCard, PurchaseTerms
from ece_domain.sales import FeeSchedule, Royalty
from ece_domain.sales.storage import TrailingPeriod

CONSTRAINTS.update(market_listing_pkey=ConcurrentChange)


@define
class PostgresListings:
    _unit: UnitOfWork

    async def get(self, listing_id: ListingId) -> Listing:
        row = await self._unit.fetch_row("SELECT * FROM market_listing WHERE id = $1", listing_id)
        if row is None:
            raise ListingNotFound(listing_id=listing_id)
        return listing_from(row)

    async def get_for_update(self, listing_id: ListingId) -> Listing:
        row = await self._unit.fetch_row_for_update(
            "SELECT * FROM market_listing WHERE id = $1 FOR NO KEY UPDATE", listing_id
        )
        if row is None:
            raise ListingNotFound(listing_id=listing_id)
        return listing_from(row)

    async def purchase_terms(
        self, listing_id: ListingId, fees: FeeSchedule, now: datetime
    ) -> PurchaseTerms:
        period = TrailingPeriod.before(now)
        row = await self._unit.fetch_row(
            _PURCHASE_TERMS,
            listing_id,
            period.starts_at,
            period.ends_at,
            str(fees.volume_asset),
            fees.enough_sales,
        )
        if row is None:
            raise ListingNotFound(listing_id=listing_id)
        return PurchaseTerms(
            listing_from(row),
            Royalty(UserId(row["creator_id"]), Rate(row["royalty_ppm"])),
            trailing_sales_from(row, fees, period),
            row["is_seller_suspended"],
        )

    async def card_to_list(self, card_id: CardId) -> ListableCard:
        row = await self._unit.fetch_row(_CARD_TO_LIST, card_id)
        if row is None:
            raise CardNotFound(card_id=card_id)
        earlier = {column: row[f"listing_{column}"] for column in _LISTING_COLUMNS}
        return ListableCard(card_of(row), listing_from(earlier) if earlier["id"] else None)

    async def claim_overdue(
        self, now: datetime, limit: int, without: Collection[ListingId]
    ) -> Sequence[Listing]:
        rows = await self._unit.fetch_for_update(_CLAIM_OVERDUE, now, limit, list(without))
        return [listing_from(row) for row in rows]

    def save(self, listing: Listing) -> None:
        row = ("market_listing", str(listing.id))
        if listing.version == 0:
            self._unit.batch.write(_INSERT_LISTING, *_listing_to_row(listing), row=row)
        else:
            self._unit.batch.write(
                _UPDATE_LISTING,
                listing.id,
                listing.version,
                *_pricing_to_row(listing.pricing),
                listing.state.value,
                listing.updated_at,
                rows=1,
                row=row,
            )
        self._unit.publish(*listing.events)


_PURCHASE_TERMS = f"""
SELECT listing.*, card_set.creator_id, card_set.royalty_ppm, seller_sales.*,
    EXISTS (
        SELECT FROM identity_user WHERE id = listing.seller_id AND suspended_at IS NOT NULL
    ) AS is_seller_suspended
FROM market_listing listing
JOIN cards_printing printing ON printing.id = listing.printing_id
JOIN cards_set card_set ON card_set.id = printing.set_id
CROSS JOIN LATERAL ({TRAILING_SALES.format(seller="listing.seller_id")}) seller_sales
WHERE listing.id = $1
"""  # noqa: S608 - all of it is our own text
_LISTING_COLUMNS = (
    *("id", "version", "asset", "price", "floor_price", "falls_from", "falls_until", "state"),
    *("card_id", "printing_id", "condition", "seller_id", "listed_at", "updated_at", "expires_at"),
)
_CARD_TO_LIST = f"""
SELECT card.*, {", ".join(f"listing.{name} AS listing_{name}" for name in _LISTING_COLUMNS)}
FROM cards_card card
LEFT JOIN market_listing listing ON listing.id = card.hold_id
WHERE card.id = $1
"""  # noqa: S608 - all of it is our own text
_CLAIM_OVERDUE = """
SELECT * FROM market_listing
WHERE state = 'active' AND expires_at <= $1 AND id <> ALL ($3::uuid[])
ORDER BY expires_at, id
LIMIT $2
FOR NO KEY UPDATE SKIP LOCKED
"""
_INSERT_LISTING = f"""
INSERT INTO market_listing ({", ".join(_LISTING_COLUMNS)})
VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""  # noqa: S608 - all of it is our own text
_UPDATE_LISTING = """
UPDATE market_listing
SET version = version + 1, asset = $3, price = $4, floor_price = $5, falls_from = $6,
    falls_until = $7, state = $8, updated_at = $9
WHERE id = $1 AND version = $2
"""


def _listing_to_row(listing: Listing) -> tuple[object, ...]:
    return (
        listing.id,
        listing.version,
        *_pricing_to_row(listing.pricing),
        listing.state.value,
        listing.card_id,
        listing.printing_id,
        listing.condition.text,
        listing.seller_id,
        listing.listed_at,
        listing.updated_at,
        listing.expires_at,
    )


def listing_from(row: asyncpg.Record | Mapping[str, Any]) -> Listing:
    return Listing(
        id=ListingId(row["id"]),
        version=row["version"],
        pricing=_pricing_from(row),
        state=ListingState(row["state"]),
        card_id=CardId(row["card_id"]),
        printing_id=PrintingId(row["printing_id"]),
        condition=condition_key_of(row["condition"]),
        seller_id=UserId(row["seller_id"]),
        listed_at=row["listed_at"],
        updated_at=row["updated_at"],
        expires_at=row["expires_at"],
    )


def _pricing_to_row(pricing: Pricing) -> tuple[object, ...]:
    fixed = (str(pricing.price.asset), pricing.price.amount)
    if pricing.decline is None:
        return (*fixed, None, None, None)
    decline = pricing.decline
    return (*fixed, decline.floor.amount, decline.starts_at, decline.ends_at)


def _pricing_from(row: asyncpg.Record | Mapping[str, Any]) -> Pricing:
    asset = asset_of(row["asset"])
    price = Money(row["price"], asset)
    if row["floor_price"] is None:
        return Pricing(price)
    floor = Money(row["floor_price"], asset)
    return Pricing(price, PriceDecline(floor, row["falls_from"], row["falls_until"]))
