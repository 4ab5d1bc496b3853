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
    """A listing that cannot expire, and the reason."""

    listing_id: ListingId
    refusal: DomainError


@frozen
class ListingsExpired:
    """The result of a run."""

    expired_count: int
    refused: tuple[ExpiryRefused, ...]


@final
@frozen
class ExpireListings:
    """Expire all listings past their expiry; the holds on their cards end. For a periodic job.

    Processes that run it at the same time share the work: each skips listings that another one, or
    a buyer, has locked. A batch that is refused is repeated one by one, so that one bad listing
    does not stop the others.
    """

    begin: Begin[MarketTransaction]
    clock: Clock
    new_id: NewId
    batch_size: int = field(default=50, kw_only=True)
    """The number of listings that expire in one transaction."""

    async def __call__(self) -> ListingsExpired:
        """:raises Unavailable: if the store is unavailable; earlier batches stay committed."""
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
        """The reason why this listing cannot expire, or None if it has expired."""
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
