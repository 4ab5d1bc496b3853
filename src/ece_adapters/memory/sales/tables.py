from datetime import date
from uuid import UUID

from attrs import define, field

from ece_adapters.memory.engine.table import Table, UndoLog
from ece_domain.identity import UserId
from ece_domain.sales import (
    Sale,
    SaleId,
    SaleOrigin,
)


@define
class SalesTables:
    """Sales, by id, by origin, and by seller and day for trailing sales.

    ``days`` are the days with sales of a seller, so that other days are not read.
    """

    _undo_log: UndoLog
    sales: Table[UUID, Sale] = field(init=False)
    by_origin: Table[SaleOrigin, SaleId] = field(init=False)
    days: Table[UserId, frozenset[date]] = field(init=False)
    by_day: Table[tuple[UserId, date], tuple[Sale, ...]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.sales = Table(self._undo_log, "sales_sale")
        self.by_origin = Table(self._undo_log)
        self.days = Table(self._undo_log)
        self.by_day = Table(self._undo_log)
