from collections.abc import Sequence
from typing import final

from attrs import frozen

from ece_domain.kernel import Begin, Clock
from ece_domain.ledger.account import Account
from ece_domain.ledger.deal import Deal
from ece_domain.ledger.errors import PayoutIdReused
from ece_domain.ledger.group_payout import CHUNK_SIZE, GroupPayout, PayoutLine
from ece_domain.ledger.payouts import settle_next_chunk, start_payout
from ece_domain.ledger.ports import PayoutTransaction


@final
@frozen
class PayOutGroup:
    """Pay any number of parties of a deal from one account; for the context of the deal.

    The first transaction records the plan with all lines and moves the total to its account. Then
    the chunks are settled one after the other. A repeated call continues after the last settled
    chunk, as does ``FinishGroupPayouts``. The last chunk finishes the payout.

    A context that changes its own state in the same transaction calls ``start_payout`` there; the
    periodic job settles the chunks.
    """

    begin: Begin[PayoutTransaction]
    clock: Clock
    chunk_size: int = CHUNK_SIZE

    async def __call__(
        self, *, deal: Deal, source: Account, lines: Sequence[PayoutLine]
    ) -> GroupPayout:
        """The payout, finished.

        :raises InvalidPayout: if the lines are not valid.
        :raises PayoutIdReused: if the deal was paid out with other lines.
        :raises InsufficientFunds: if the source has less than the total. Nothing is paid.
        :raises BalanceLimit: if a recipient's balance would exceed what an account can hold. The
            earlier chunks are paid, the payout is not finished.
        :raises ConcurrentChange: if another process is settling it at the same time.
        """
        now = self.clock()
        planned = GroupPayout.plan(deal, source, lines, now=now, chunk_size=self.chunk_size)
        payout = await self._start(planned, lines)
        while not payout.is_finished:
            payout = await settle_next_chunk(self.begin, self.clock, payout.id)
        return payout

    async def _start(self, planned: GroupPayout, lines: Sequence[PayoutLine]) -> GroupPayout:
        async with self.begin() as transaction:
            earlier = await transaction.group_payouts.find(planned.id)
            if earlier is None:
                await start_payout(transaction, planned, lines, planned.started_at)
        if earlier is None:
            return planned.saved
        if earlier.digest != planned.digest:
            raise PayoutIdReused(payout_id=planned.id)
        return earlier
