from functools import partial
from typing import final

from attrs import frozen

from ece_domain.identity import MODERATORS, Actor
from ece_domain.kernel import (
    Begin,
    Clock,
    IdempotencyKey,
    IdempotentRequest,
    IdempotentResult,
    NewId,
    Reason,
    run_once,
)
from ece_domain.ledger import ReleaseHold, Settlement, SettlementId
from ece_domain.market.listing import Listing, ListingId
from ece_domain.market.ports import MarketTransaction
from ece_domain.market.stored_listing import ENDED_BY_ID


@final
@frozen
class TakeDownListing:
    """End the listing of a user as a moderator, with a reason; the card is free again."""

    begin: Begin[MarketTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self, *, listing_id: ListingId, reason: Reason, actor: Actor, key: IdempotencyKey
    ) -> IdempotentResult[Listing]:
        """
        :raises RoleNotAllowed: unless the actor is a moderator or an admin.
        :raises ListingNotFound: if there is no such listing.
        :raises ListingNotActive: if it was sold, cancelled, taken down or has expired.
        :raises IdempotencyKeyReused: if the key was used for another request.
        :raises ConcurrentChange: if the listing changed at the same time.
        """
        actor.require(MODERATORS)
        request = IdempotentRequest.of(
            actor.id, key, "market.take-down-listing", listing_id, reason.text
        )
        effect = partial(self._take_down, listing_id, reason, actor)
        return await run_once(self.begin, request, Listing, effect, ENDED_BY_ID)

    async def _take_down(
        self,
        listing_id: ListingId,
        reason: Reason,
        actor: Actor,
        transaction: MarketTransaction,
    ) -> Listing:
        now = self.clock()
        listing = await transaction.listings.get(listing_id)
        ended = listing.take_down(reason, taken_down_by_id=actor.id, now=now)
        transaction.listings.save(ended)
        settlement = Settlement(
            SettlementId(self.new_id()), "market.take-down", (ReleaseHold(listing.hold),)
        )
        transaction.ledger.settle(settlement, now)
        return ended.saved
