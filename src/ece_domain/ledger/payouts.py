"""Group payouts in a transaction: starting one, and settling its chunks."""

from collections.abc import Sequence
from datetime import datetime

from ece_domain.kernel import Begin, Clock

from .group_payout import GroupPayout, PayoutId, PayoutLine
from .ports import PayoutTransaction


async def start_payout(
    transaction: PayoutTransaction, payout: GroupPayout, lines: Sequence[PayoutLine], now: datetime
) -> None:
    """Store the plan with its lines, and queue the settlement that funds it.

    :raises InsufficientFunds: at the transaction's end, if the source has less than the total.
    :raises ConcurrentChange: if the deal has a payout by the transaction's end.
    """
    await transaction.group_payouts.add(payout, lines)
    transaction.ledger.settle(payout.funding, now)


async def settle_next_chunk(
    begin: Begin[PayoutTransaction], clock: Clock, payout_id: PayoutId
) -> GroupPayout:
    """Settle the next chunk and count it; does nothing if the payout is finished.

    :raises PayoutNotFound: if there is no such payout.
    :raises BalanceLimit: if a recipient's balance would exceed what an account can hold.
    :raises ConcurrentChange: if somebody else settled the chunk at the same time.
    """
    async with begin() as transaction:
        payout = await transaction.group_payouts.get(payout_id)
        if payout.is_finished:
            return payout
        now = clock()
        lines = await transaction.group_payouts.next_lines(payout)
        transaction.ledger.settle(payout.next_chunk(lines), now)
        payout = payout.with_next_chunk_settled(now)
        transaction.group_payouts.save(payout)
    return payout.saved
