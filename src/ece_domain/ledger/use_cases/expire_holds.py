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
    """Release operators' holds that are past their expiry; for a periodic job.

    What another context placed, that context expires: a listing and its hold expire together.
    Each hold is given back by itself, so whoever captures or releases one at the same moment
    gets in the way of no other.
    """

    begin: Begin[WalletTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(self) -> int:
        """How many holds it expired. More are left only if others were changing them."""
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
