from datetime import UTC

from attrs import define

from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_domain.kernel import ConcurrentChange
from ece_domain.sales import (
    Sale,
    SaleId,
    SaleNotFound,
)

from .tables import SalesTables


@define
class MemorySales:
    _tables: SalesTables
    _unit: UnitOfWork

    async def get(self, sale_id: SaleId) -> Sale:
        sale = self._tables.sales.get(sale_id)
        if sale is None:
            raise SaleNotFound(sale_id=sale_id)
        return sale

    def add(self, sale: Sale) -> None:
        row = (self._tables.sales.name, str(sale.id))
        self._unit.later(lambda: self._add(sale), row=row)
        self._unit.publish(sale.sold)

    def _add(self, sale: Sale) -> None:
        if sale.id in self._tables.sales or sale.origin in self._tables.by_origin:
            raise ConcurrentChange
        self._tables.sales.put(sale.id, sale)
        self._tables.by_origin.put(sale.origin, sale.id)
        day = sale.sold_at.astimezone(UTC).date()
        tables = self._tables
        tables.days.put(sale.seller_id, (tables.days.get(sale.seller_id) or frozenset()) | {day})
        of_day = tables.by_day.get((sale.seller_id, day)) or ()
        tables.by_day.put((sale.seller_id, day), (*of_day, sale))
