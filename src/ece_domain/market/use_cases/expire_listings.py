from typing import final

from attrs import frozen

from ece_domain.kernel import Begin, Clock, NewId
from ece_domain.ledger import ExpireHold, Settlement, SettlementId
from ece_domain.market.ports import MarketTransaction


@final
@frozen
class ExpireListings:
    """Free the cards of listings whose time is over; to be called again and again."""

    begin: Begin[MarketTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(self, *, at_most: int = 50) -> int:
        """How many expired now; if that is ``at_most``, there may be more.

        :raises ConcurrentChange: if one of them was listed again at the same time.
        """
        now = self.clock()
        async with self.begin() as transaction:
            overdue = await transaction.listings.overdue(now, at_most)
            if overdue:
                for listing in overdue:
                    transaction.listings.save(listing.expire(now))
                expiries = tuple(ExpireHold(listing.hold) for listing in overdue)
                settlement = Settlement(SettlementId(self.new_id()), "market.expiry", expiries)
                transaction.ledger.settle(settlement, now)
        return len(overdue)
