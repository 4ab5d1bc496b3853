from typing import final

from attrs import frozen

from ece_domain.identity import UserId
from ece_domain.kernel import Begin, Clock
from ece_domain.market.listing import Listing, ListingId
from ece_domain.market.ports import MarketTransaction
from ece_domain.market.pricing import Pricing
from ece_domain.sales import FeeSchedule


@final
@frozen
class ChangeListingPrice:
    """Ask another price from now on."""

    begin: Begin[MarketTransaction]
    clock: Clock
    fees: FeeSchedule

    async def __call__(
        self, *, listing_id: ListingId, seller_id: UserId, pricing: Pricing, expected_version: int
    ) -> Listing:
        """
        :raises sales.AssetNotAccepted: if nothing is sold for the price's asset.
        :raises ListingNotFound: if there is no such listing of the seller.
        :raises ListingNotActive: if it was sold, cancelled or has expired.
        :raises ConcurrentChange: if it is no longer the version that the seller has seen.
        """
        self.fees.minimum_fee(pricing.price.asset)
        async with self.begin(actor_id=seller_id) as transaction:
            listing = await transaction.listings.get(listing_id)
            repriced = listing.change_price(
                pricing, seller_id=seller_id, expected_version=expected_version, now=self.clock()
            )
            transaction.listings.save(repriced)
        return repriced.saved
