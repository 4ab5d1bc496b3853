from collections.abc import Sequence
from typing import final

from attrs import field, frozen

from ece_domain.kernel import Begin, Clock, ConcurrentChange, DomainError, NewId, Unavailable
from ece_domain.ledger import ExpireHold, Settlement, SettlementId
from ece_domain.market.listing import Listing, ListingId
from ece_domain.market.listing_state import ListingState
from ece_domain.market.ports import MarketTransaction


@frozen
class ExpiryRefused:
    """A listing that stays overdue until somebody looks at it, and why."""

    listing_id: ListingId
    refusal: DomainError


@frozen
class ListingsExpired:
    """What a run came to."""

    expired_count: int
    refused: tuple[ExpiryRefused, ...]


@final
@frozen
class ExpireListings:
    """Free the cards of all listings whose time is over.

    Processes that do it at the same time share the work: what one has claimed, or a buyer holds at
    this moment, the others pass over. A batch that is refused is done again one by one, so that one
    bad listing stops no other.
    """

    begin: Begin[MarketTransaction]
    clock: Clock
    new_id: NewId
    batch_size: int = field(default=50, kw_only=True)
    """How many listings expire in one transaction."""

    async def __call__(self) -> ListingsExpired:
        """:raises Unavailable: if the store is; what has expired until then stays so."""
        expired, refused, passed_over = 0, list[ExpiryRefused](), set[ListingId]()
        while True:
            claimed: Sequence[Listing] = ()
            try:
                async with self.begin() as transaction:
                    claimed = await transaction.listings.claim_overdue(
                        self.clock(), self.batch_size, passed_over
                    )
                    self._expire(claimed, transaction)
                expired += len(claimed)
            except Unavailable:
                raise
            except DomainError:
                for listing in claimed:
                    refusal = await self._refusal_of(listing.id)
                    if refusal is None:
                        expired += 1
                        continue
                    passed_over.add(listing.id)
                    if not isinstance(refusal, ConcurrentChange):
                        refused.append(ExpiryRefused(listing.id, refusal))
            if len(claimed) < self.batch_size:
                return ListingsExpired(expired, tuple(refused))

    def _expire(self, listings: Sequence[Listing], transaction: MarketTransaction) -> None:
        if not listings:
            return
        now = self.clock()
        for listing in listings:
            transaction.listings.save(listing.expire(now))
        expiries = tuple(ExpireHold(listing.hold) for listing in listings)
        settlement = Settlement(SettlementId(self.new_id()), "market.expiry", expiries)
        transaction.ledger.settle(settlement, now)

    async def _refusal_of(self, listing_id: ListingId) -> DomainError | None:
        """Why this listing alone cannot expire, or None if it has, by now."""
        try:
            async with self.begin() as transaction:
                listing = await transaction.listings.get_for_update(listing_id)
                if listing.state is ListingState.ACTIVE:
                    self._expire([listing], transaction)
        except Unavailable:
            raise
        except DomainError as refusal:
            return refusal
        return None
