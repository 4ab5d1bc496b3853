from typing import final

from attrs import frozen

from ece_domain.identity import UserId
from ece_domain.kernel import Begin, Clock, ExpectedVersion
from ece_domain.market.listing import Listing, ListingId
from ece_domain.market.ports import MarketTransaction
from ece_domain.market.pricing import PriceChange
from ece_domain.sales import FeeSchedule


@final
@frozen
class ChangeListingPrice:
    """Change the price of a listing from now on."""

    begin: Begin[MarketTransaction]
    clock: Clock
    fees: FeeSchedule

    async def __call__(
        self,
        *,
        listing_id: ListingId,
        seller_id: UserId,
        change: PriceChange,
        expected_version: ExpectedVersion,
    ) -> Listing:
        """
        :raises sales.AssetNotAccepted: if nothing is sold for the price's asset.
        :raises ListingNotFound: if there is no such listing of the seller.
        :raises ListingNotActive: if it was sold, cancelled or has expired.
        :raises ConcurrentChange: if it is not of the expected version.
        :raises AmountOutOfBounds: unless the price and the floor are 1 to 10^15 minor units.
        :raises AssetMismatch: if the floor is in another asset than the price.
        :raises InvalidPriceDecline: if the price does not decline with the change.
        """
        async with self.begin(actor_id=seller_id) as transaction:
            listing = await transaction.listings.get(listing_id)
            changed = listing.change_price(
                change, seller_id=seller_id, expected_version=expected_version, now=self.clock()
            )
            if changed is listing:
                return listing
            self.fees.minimum_fee(changed.pricing.price.asset)
            transaction.listings.save(changed)
        return changed.saved
