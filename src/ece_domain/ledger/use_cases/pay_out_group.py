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
    """Pay any number of parties of a deal, from one account. For the context of the deal.

    The plan is recorded first, with all lines, and the whole total moved to its account; then its
    chunks are settled one after the other. Called again, it goes on where it was, as does
    ``FinishGroupPayouts``. Until the last chunk is settled the payout is not finished.

    A context that changes its own state in the same transaction calls ``start_payout`` there, and
    leaves the rest to the periodic job.
    """

    begin: Begin[PayoutTransaction]
    clock: Clock
    chunk_size: int = CHUNK_SIZE

    async def __call__(
        self, *, deal: Deal, source: Account, lines: Sequence[PayoutLine]
    ) -> GroupPayout:
        """The payout, finished.

        :raises InvalidPayout: if the lines cannot be paid as they are.
        :raises PayoutIdReused: if the deal was paid out to others, or otherwise.
        :raises InsufficientFunds: if the source has less than the lines sum to. Nothing is paid.
        :raises BalanceLimit: if a recipient would hold more than an account may hold. The chunks
            before are paid, the payout is not finished.
        :raises ConcurrentChange: if somebody else is paying it out at the same time.
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
