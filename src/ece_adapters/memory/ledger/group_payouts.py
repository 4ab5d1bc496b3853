from collections.abc import Sequence

from attrs import define

from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_domain.ledger import (
    GroupPayout,
    PayoutId,
    PayoutLine,
    PayoutNotFound,
)

from .tables import LedgerTables


@define
class MemoryGroupPayouts:
    _tables: LedgerTables
    _unit: UnitOfWork

    async def find(self, payout_id: PayoutId) -> GroupPayout | None:
        return self._tables.payouts.get(payout_id)

    async def get(self, payout_id: PayoutId) -> GroupPayout:
        payout = self._tables.payouts.get(payout_id)
        if payout is None:
            raise PayoutNotFound(payout_id=payout_id)
        return payout

    async def unfinished(self, limit: int) -> Sequence[PayoutId]:
        found = [payout for payout in self._tables.payouts if not payout.is_finished]
        found.sort(key=lambda payout: (payout.started_at, payout.id))
        return [payout.id for payout in found[:limit]]

    async def next_lines(self, payout: GroupPayout) -> Sequence[PayoutLine]:
        first = payout.settled_count * payout.chunk_size
        return self._tables.lines_of(payout)[first : first + payout.chunk_size]

    async def add(self, payout: GroupPayout, lines: Sequence[PayoutLine]) -> None:
        self.save(payout)
        self._unit.later(lambda: self._tables.payout_lines.put(payout.id, tuple(lines)))

    def save(self, payout: GroupPayout) -> None:
        self._unit.save(self._tables.payouts, payout.id, payout)
