"""How the result of a keyed purchase is stored."""

from typing import Final
from uuid import UUID

from ece_domain.kernel import StoredAs

from .ports import SalesTransaction
from .sale import Sale, SaleId


async def _read_again(transaction: SalesTransaction, sale_id: UUID) -> Sale:
    return await transaction.sales.get(SaleId(sale_id))


STORED_BY_ID: Final[StoredAs[SalesTransaction, Sale, UUID]] = StoredAs(
    UUID, keep=lambda sale: sale.id, restore=_read_again
)
"""By its id: sales never change, so a replay reads the same sale again."""
