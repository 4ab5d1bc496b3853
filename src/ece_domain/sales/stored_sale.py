"""How the answer to a keyed purchase is kept."""

from typing import Final
from uuid import UUID

from ece_domain.kernel import KeptAs

from .ports import SalesTransaction
from .sale import Sale, SaleId


async def _read_again(transaction: SalesTransaction, sale_id: UUID) -> Sale:
    return await transaction.sales.get(SaleId(sale_id))


KEPT_BY_ID: Final[KeptAs[SalesTransaction, Sale, UUID]] = KeptAs(
    UUID, keep=lambda sale: sale.id, restore=_read_again
)
"""By its id alone: sales never change, so a replay reads the same sale again."""
