"""Planted bugs: listings, sales and fees."""

from typing import Any

import pytest
from attrs import evolve

from ece_adapters.memory.cards.cards import MemoryCards
from ece_adapters.memory.market.listings import MemoryListings
from ece_domain.kernel import Money
from ece_domain.ledger import ExpireHold, MoveCard, Settlement, SettlementId
from ece_domain.ledger.settlement import _Netting
from ece_domain.ledger.storage import CardChange
from ece_domain.market import (
    ExpireListings,
    Listing,
    ListingsExpired,
    ListingState,
    TakeDownListing,
)
from ece_domain.market.storage import PurchaseTerms
from ece_domain.sales import FeeSchedule, Sale, SaleReceipt

from .ledger_bugs import expired_hold_captured
from .registry import planted


@planted
def purchase_after_the_expiry(patch: pytest.MonkeyPatch) -> None:
    """Sell an expired listing until the expiry job has ended it."""
    expired_hold_captured(patch)
    sound = Listing._require_active
    patch.setattr(Listing, "_require_active", lambda self, _: sound(self, self.listed_at))


@planted
def fee_rounded_per_part(patch: pytest.MonkeyPatch) -> None:
    """Round the proceeds separately, instead of paying the price less the fees."""
    sound = SaleReceipt.issue.__func__  # type: ignore[attr-defined]  # the function behind the method

    def issue(cls: type[SaleReceipt], schedule: FeeSchedule, *inputs: Any) -> SaleReceipt:
        receipt = sound(cls, schedule, *inputs)
        rates = sum(line.rate.ppm for line in receipt.lines)
        cents = (receipt.price.amount * (1_000_000 - rates) + 500_000) // 1_000_000
        return evolve(receipt, proceeds=Money(cents, receipt.price.asset))

    patch.setattr(SaleReceipt, "issue", classmethod(issue))


@planted
def listing_expiry_beating_a_purchase(patch: pytest.MonkeyPatch) -> None:
    """Expire overdue listings without a version guard."""

    async def sweep(self: ExpireListings) -> ListingsExpired:
        now = self.clock()
        async with self.begin() as transaction:
            overdue = await transaction.listings.claim_overdue(now, self.batch_size, ())
        for seen in overdue:
            async with self.begin() as transaction:
                listing = await transaction.listings.get(seen.id)
                transaction.listings.save(listing.expire(now))
                if listing.state is ListingState.ACTIVE:
                    expiry = (ExpireHold(listing.hold),)
                    settlement = Settlement(SettlementId(self.new_id()), "market.expiry", expiry)
                    transaction.ledger.settle(settlement, now)
        return ListingsExpired(len(overdue), ())

    patch.setattr(ExpireListings, "__call__", sweep)


@planted
def guard_dropped(patch: pytest.MonkeyPatch) -> None:
    """List a card without requiring that it is unchanged."""
    patch.setattr(MemoryCards, "require_unchanged", lambda *_: None)


@planted
def card_given_twice_in_one_settlement(patch: pytest.MonkeyPatch) -> None:
    """Check each move of a settlement against the book before all moves."""
    sound_settlement, sound_change = Sale.settlement, _Netting._change_card

    def settlement(self: Sale, hold: Any, *, purpose: str) -> Settlement:
        sold = sound_settlement(self, hold, purpose=purpose)
        creator = self.receipt.royalty.creator_id
        if creator in (self.seller_id, self.buyer_id):
            return sold
        return evolve(sold, moves=(*sold.moves, MoveCard(self.card_id, self.seller_id, creator)))

    def change_card(
        self: Any, card: Any, giver: Any, under: Any, *, to_owner_id: Any, to_hold_id: Any
    ) -> None:
        earlier: CardChange | None = self._cards.get(card)
        if earlier is not None and to_owner_id not in (giver, earlier.to_owner_id):
            self._cards[card, to_owner_id] = evolve(earlier, to_owner_id=to_owner_id)
        else:
            sound_change(self, card, giver, under, to_owner_id=to_owner_id, to_hold_id=to_hold_id)

    patch.setattr(Sale, "settlement", settlement)
    patch.setattr(_Netting, "_change_card", change_card)


@planted
def suspended_seller_sells(patch: pytest.MonkeyPatch) -> None:
    """Sell the cards of a seller who is suspended."""
    sound = MemoryListings.purchase_terms

    async def purchase_terms(self: MemoryListings, *inputs: Any) -> PurchaseTerms:
        return evolve(await sound(self, *inputs), is_seller_suspended=False)

    patch.setattr(MemoryListings, "purchase_terms", purchase_terms)


@planted
def listing_taken_down_with_its_card_on_hold(patch: pytest.MonkeyPatch) -> None:
    """Take a listing down without the release of its hold."""

    async def take_down(
        self: TakeDownListing, listing_id: Any, reason: Any, actor: Any, transaction: Any
    ) -> Listing:
        listing: Listing = await transaction.listings.get(listing_id)
        ended = listing.take_down(reason, taken_down_by_id=actor.id, now=self.clock())
        transaction.listings.save(ended)
        return ended.saved

    patch.setattr(TakeDownListing, "_take_down", take_down)
