from typing import final

from attrs import frozen

from ece_domain.kernel import Begin, Clock, ConcurrentChange, NewId
from ece_domain.ledger.deal import LEDGER
from ece_domain.ledger.errors import HoldNotOpen
from ece_domain.ledger.hold import Hold
from ece_domain.ledger.ports import WalletTransaction
from ece_domain.ledger.settlement import ExpireHold, Settlement, SettlementId

BATCH = 100


@final
@frozen
class ExpireHolds:
    """Expire operators' holds that are past their expiry; for a periodic job.

    Other contexts expire their own holds: a listing and its hold expire together. Each hold has
    its own transaction, so a conflict on one does not affect the others.
    """

    begin: Begin[WalletTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(self) -> int:
        """The number of expired holds. It skips holds that others are changing."""
        expired = 0
        while True:
            due = await self._due()
            outcomes = [await self._expire(hold) for hold in due]
            expired += sum(outcomes)
            if len(due) < BATCH or not any(outcomes):
                return expired

    async def _due(self) -> list[Hold]:
        async with self.begin() as transaction:
            return list(await transaction.wallets.past_expiry(LEDGER, self.clock(), BATCH))

    async def _expire(self, hold: Hold) -> bool:
        now = self.clock()
        settlement = Settlement(SettlementId(self.new_id()), "ledger.expiry", (ExpireHold(hold),))
        try:
            async with self.begin() as transaction:
                transaction.ledger.settle(settlement, now)
        except (HoldNotOpen, ConcurrentChange):
            return False
        return True
