from typing import final

from attrs import frozen

from ece_domain.kernel import Begin, Clock, ConcurrentChange, DomainError
from ece_domain.ledger.group_payout import PayoutId
from ece_domain.ledger.payouts import settle_next_chunk
from ece_domain.ledger.ports import PayoutTransaction

BATCH = 100


@final
@frozen
class FinishGroupPayouts:
    """Settle the remaining chunks of unfinished group payouts; for a periodic job.

    A payout that cannot continue does not stop the others.
    """

    begin: Begin[PayoutTransaction]
    clock: Clock

    async def __call__(self) -> int:
        """The number of finished payouts.

        Skips payouts that another process is settling at the same time.

        :raises BalanceLimit: if a recipient's balance would exceed what an account can hold; after
            all other payouts are done.
        """
        async with self.begin() as transaction:
            unfinished = await transaction.group_payouts.unfinished(BATCH)
        refusals: list[DomainError] = []
        finished = 0
        for payout_id in unfinished:
            try:
                await self._finish(payout_id)
            except ConcurrentChange:
                continue
            except DomainError as refusal:
                refusals.append(refusal)
            else:
                finished += 1
        if refusals:
            raise refusals[0]
        return finished

    async def _finish(self, payout_id: PayoutId) -> None:
        while not (await settle_next_chunk(self.begin, self.clock, payout_id)).is_finished:
            pass
