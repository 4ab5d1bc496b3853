from functools import lru_cache

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.refusals import CONSTRAINTS
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.storage import stored_json
from ece_domain.cards import CardId, ConditionKey, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Asset, ConcurrentChange
from ece_domain.sales import (
    Sale,
    SaleId,
    SaleNotFound,
    SaleOrigin,
    SaleReceipt,
)

CONSTRAINTS.update(sales_sale_pkey=ConcurrentChange, sales_sale_origin_once=ConcurrentChange)

asset_of = lru_cache(maxsize=64)(Asset.parse)
condition_key_of = lru_cache(maxsize=256)(ConditionKey)


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
        condition=condition_key_of(row["condition"]),
        seller_id=UserId(row["seller_id"]),
        buyer_id=UserId(row["buyer_id"]),
        receipt=stored_json.decode(row["receipt"], SaleReceipt),
        sold_at=row["sold_at"],
    )
