from uuid import UUID

from attrs import define, field

from ece_adapters.memory.engine.table import Table, UndoLog
from ece_domain.market import (
    Listing,
)


@define
class MarketTables:
    _undo_log: UndoLog
    listings: Table[UUID, Listing] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.listings = Table(self._undo_log, "market_listing")
