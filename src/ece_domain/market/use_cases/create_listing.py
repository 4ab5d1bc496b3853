from datetime import datetime
from functools import partial
from typing import final

from attrs import frozen

from ece_domain.cards import CardId, ConditionKey
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
from ece_domain.ledger import ExpireHold, Move, PlaceHold, Settlement, SettlementId
from ece_domain.market.listing import Listing, ListingId
from ece_domain.market.listing_state import ListingState
from ece_domain.market.ports import MarketTransaction
from ece_domain.market.pricing import Pricing
from ece_domain.market.stored_listing import created_by_id
from ece_domain.sales import FeeSchedule


@final
@frozen
class CreateListing:
    """Create a listing of a card, and put the card on hold.

    An expired listing of the card is ended first. The result is stored as the listing's id: a
    replay returns the listing as it was created, whatever has changed since.
    """

    begin: Begin[MarketTransaction]
    clock: Clock
    new_id: NewId
    fees: FeeSchedule

    async def __call__(
        self,
        *,
        card_id: CardId,
        seller_id: UserId,
        pricing: Pricing,
        expires_at: datetime | None = None,
        key: IdempotencyKey,
    ) -> IdempotentResult[Listing]:
        """
        :raises sales.AssetNotAccepted: if nothing is sold for the price's asset.
        :raises InvalidExpiry: unless the listing expires in the future, within a year.
        :raises CardNotFound: if there is no such card.
        :raises CardNotOwned: if the card belongs to somebody else.
        :raises CardAlreadyHeld: if the card is on hold already, for a listing or otherwise.
        :raises IdempotencyKeyReused: if the key was used for another request.
        :raises ConcurrentChange: if the card's condition changed at the same time.
        :raises LockTimeout: if an earlier listing of the card is being changed for too long.
        """
        request = IdempotentRequest.of(
            seller_id, key, "market.create-listing", card_id, pricing.terms, expires_at
        )
        self.fees.minimum_fee(pricing.price.asset)
        effect = partial(self._list, card_id, seller_id, pricing, expires_at)
        return await run_once(self.begin, request, Listing, effect, created_by_id(pricing))

    async def _list(
        self,
        card_id: CardId,
        seller_id: UserId,
        pricing: Pricing,
        expires_at: datetime | None,
        transaction: MarketTransaction,
    ) -> Listing:
        now = self.clock()
        to_list = await transaction.listings.card_to_list(card_id)
        card, earlier = to_list.card, to_list.listing
        listing = Listing.of_card(
            ListingId(self.new_id()),
            card_id=card_id,
            printing_id=card.printing_id,
            condition=ConditionKey.of(card.assessment),
            seller_id=seller_id,
            pricing=pricing,
            expires_at=expires_at,
            now=now,
        )
        moves: list[Move] = []
        if earlier is not None and _makes_room(earlier, seller_id, now):
            # Locked before the card, in the same order as in all other use cases.
            earlier = await transaction.listings.get_for_update(earlier.id)
            if earlier.state is ListingState.ACTIVE:
                transaction.listings.save(earlier.expire(now))
                moves.append(ExpireHold(earlier.hold))
        moves.append(PlaceHold(listing.hold))
        transaction.cards.require_unchanged(card)
        transaction.listings.save(listing)
        settlement = Settlement(SettlementId(self.new_id()), "market.listing", tuple(moves))
        transaction.ledger.settle(settlement, now)
        return listing.saved


def _makes_room(earlier: Listing, seller_id: UserId, now: datetime) -> bool:
    """Whether it has expired and belongs to the seller, as listings of others do not change."""
    return earlier.seller_id == seller_id and earlier.state_at(now) is ListingState.EXPIRED
