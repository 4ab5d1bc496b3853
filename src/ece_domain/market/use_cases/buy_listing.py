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
    Money,
    NewId,
    run_once,
)
from ece_domain.market.errors import SellerSuspended
from ece_domain.market.listing import ListingId
from ece_domain.market.ports import MarketTransaction
from ece_domain.sales import FeeSchedule, Sale, SaleId, SaleReceipt
from ece_domain.sales.storage import STORED_BY_ID


@final
@frozen
class BuyListing:
    """Buy an active listing at its current price, all or nothing.

    The card goes to the buyer, the money to the seller, the exchange and the creator.
    """

    begin: Begin[MarketTransaction]
    clock: Clock
    new_id: NewId
    fees: FeeSchedule

    async def __call__(
        self,
        *,
        listing_id: ListingId,
        buyer_id: UserId,
        max_price: Money | None = None,
        key: IdempotencyKey,
    ) -> IdempotentResult[Sale]:
        """The buyer pays the current price, which may be below ``most`` but not above it.

        :raises ListingNotFound: if there is no such listing.
        :raises ListingNotActive: if it was sold, cancelled or has expired.
        :raises SellerSuspended: if the seller is suspended.
        :raises BuyerIsSeller: if the buyer is the seller.
        :raises AssetMismatch: if ``most`` is in another asset than the price.
        :raises PriceAboveMax: if the price is above ``most``.
        :raises sales.AssetNotAccepted: if nothing is sold any more for the price's asset.
        :raises InsufficientFunds: if the buyer's available balance is below the price.
        :raises BalanceLimit: if a receiver's balance would exceed what an account can hold.
        :raises IdempotencyKeyReused: if the key was used for another request.
        :raises ConcurrentChange: if the listing changed at the same time.
        """
        request = IdempotentRequest.of(buyer_id, key, "market.buy-listing", listing_id, max_price)
        effect = partial(self._buy, listing_id, buyer_id, max_price)
        return await run_once(self.begin, request, Sale, effect, STORED_BY_ID)

    async def _buy(
        self,
        listing_id: ListingId,
        buyer_id: UserId,
        max_price: Money | None,
        transaction: MarketTransaction,
    ) -> Sale:
        now = self.clock()
        terms = await transaction.listings.purchase_terms(listing_id, self.fees, now)
        price = terms.listing.price_for(buyer_id, max_price=max_price, now=now)
        if terms.is_seller_suspended:
            raise SellerSuspended(listing_id=listing_id)
        receipt = SaleReceipt.issue(self.fees, price, terms.trailing_sales, terms.royalty)
        sold, sale = terms.listing.sell(
            SaleId(self.new_id()), buyer_id=buyer_id, receipt=receipt, now=now
        )
        transaction.listings.save(sold)
        transaction.sales.add(sale)
        transaction.ledger.settle(sale.settlement(sold.hold, purpose="market.purchase"), now)
        return sale
