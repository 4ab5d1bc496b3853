from functools import partial
from typing import final

from attrs import frozen

from ece_domain.identity import UserId
from ece_domain.kernel import (
    Begin,
    Clock,
    IdempotencyKey,
    IdempotentRequest,
    IdempotentResult,
    NewId,
    run_once,
)
from ece_domain.ledger import ReleaseHold, Settlement, SettlementId
from ece_domain.market.listing import Listing, ListingId
from ece_domain.market.ports import MarketTransaction
from ece_domain.market.stored_listing import ENDED_BY_ID


@final
@frozen
class CancelListing:
    """Cancel a listing; the hold on its card ends.

    The result is stored as the listing's id: a cancelled listing never changes.
    """

    begin: Begin[MarketTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self, *, listing_id: ListingId, seller_id: UserId, key: IdempotencyKey
    ) -> IdempotentResult[Listing]:
        """
        :raises ListingNotFound: if there is no such listing of the seller.
        :raises ListingNotActive: if it was sold, cancelled or has expired.
        :raises IdempotencyKeyReused: if the key was used for another request.
        :raises ConcurrentChange: if the listing changed at the same time.
        """
        request = IdempotentRequest.of(seller_id, key, "market.cancel-listing", listing_id)
        effect = partial(self._cancel, listing_id, seller_id)
        return await run_once(self.begin, request, Listing, effect, ENDED_BY_ID)

    async def _cancel(
        self, listing_id: ListingId, seller_id: UserId, transaction: MarketTransaction
    ) -> Listing:
        now = self.clock()
        listing = (await transaction.listings.get(listing_id)).cancel(seller_id=seller_id, now=now)
        transaction.listings.save(listing)
        settlement = Settlement(
            SettlementId(self.new_id()), "market.cancellation", (ReleaseHold(listing.hold),)
        )
        transaction.ledger.settle(settlement, now)
        return listing.saved
