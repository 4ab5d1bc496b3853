"""A card for sale. A listing is also a hold on its card, with the same id and expiry."""

from datetime import UTC, datetime, timedelta
from typing import Final, NewType
from uuid import UUID

from attrs import evolve, frozen

from ece_domain.cards import CardId, ConditionKey, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Aggregate, Event, ExpectedVersion, Money, Reason
from ece_domain.ledger import Deal, HeldCard, Hold, HoldId, HoldPurpose
from ece_domain.sales import Sale, SaleId, SaleOrigin, SaleReceipt

from .errors import BuyerIsSeller, InvalidExpiry, ListingNotActive, ListingNotFound, PriceAboveMax
from .events import (
    ListingCancelled,
    ListingCreated,
    ListingExpired,
    ListingPriceChanged,
    ListingTakenDown,
)
from .listing_state import ListingState
from .pricing import PriceChange, Pricing

ListingId = NewType("ListingId", UUID)

DEFAULT_LIFETIME: Final = timedelta(days=90)
MAX_LIFETIME: Final = timedelta(days=365)
SALE_ORIGIN: Final = "listing"
"""The kind of origin of a sale from a listing."""


@frozen(kw_only=True)
class Listing(Aggregate):
    """One card, for sale by its owner. Printing and condition are those at its creation."""

    id: ListingId
    card_id: CardId
    printing_id: PrintingId
    condition: ConditionKey
    seller_id: UserId
    pricing: Pricing
    listed_at: datetime
    updated_at: datetime
    expires_at: datetime
    state: ListingState = ListingState.ACTIVE

    @classmethod
    def of_card(
        cls,
        listing_id: ListingId,
        *,
        card_id: CardId,
        printing_id: PrintingId,
        condition: ConditionKey,
        seller_id: UserId,
        pricing: Pricing,
        expires_at: datetime | None,
        now: datetime,
    ) -> "Listing":
        """Without ``expires_at`` the listing expires after 90 days.

        :raises InvalidExpiry: unless it expires after now, within a year.
        """
        ends_at = (expires_at or now + DEFAULT_LIFETIME).astimezone(UTC)
        if not now < ends_at <= now + MAX_LIFETIME:
            raise InvalidExpiry(max_expires_at=now + MAX_LIFETIME)
        listed = ListingCreated(
            occurred_at=now,
            listing_id=listing_id,
            card_id=card_id,
            printing_id=printing_id,
            seller_id=seller_id,
            price=pricing.price,
        )
        return cls(
            id=listing_id,
            card_id=card_id,
            printing_id=printing_id,
            condition=condition,
            seller_id=seller_id,
            pricing=pricing,
            listed_at=now,
            updated_at=now,
            expires_at=ends_at,
            events=(listed,),
        )

    @property
    def hold(self) -> Hold:
        """The hold on the card while the listing is active."""
        return Hold(
            id=HoldId(self.id),
            deal=Deal("market", self.id),
            purpose=HoldPurpose.LISTING,
            subject=HeldCard(self.card_id, self.seller_id),
            expires_at=self.expires_at,
        )

    @property
    def as_origin(self) -> SaleOrigin:
        """The origin of the sale of this listing."""
        return SaleOrigin(SALE_ORIGIN, self.id)

    def as_created(self, pricing: Pricing) -> "Listing":
        """The listing as it was created, with its first price; nothing else changes later."""
        return evolve(
            self,
            version=1,
            state=ListingState.ACTIVE,
            pricing=pricing,
            updated_at=self.listed_at,
            events=(),
        )

    def state_at(self, moment: datetime) -> ListingState:
        """The state at the moment; an expiry counts even if it is not recorded yet."""
        if self.state is ListingState.ACTIVE and moment >= self.expires_at:
            return ListingState.EXPIRED
        return self.state

    def sell(
        self, sale_id: SaleId, *, buyer_id: UserId, receipt: SaleReceipt, now: datetime
    ) -> tuple["Listing", Sale]:
        """The sold listing, and its sale, which has the event of both.

        ``receipt`` is for the price of ``price_for``.
        """
        sale = Sale(
            id=sale_id,
            origin=self.as_origin,
            card_id=self.card_id,
            printing_id=self.printing_id,
            condition=self.condition,
            seller_id=self.seller_id,
            buyer_id=buyer_id,
            receipt=receipt,
            sold_at=now,
        )
        return self._ended(ListingState.SOLD, now), sale

    def price_for(self, buyer_id: UserId, *, max_price: Money | None, now: datetime) -> Money:
        """The price for the buyer now. ``most`` protects against a price that rose meanwhile.

        :raises ListingNotActive: if it was sold, cancelled or has expired.
        :raises BuyerIsSeller: if the buyer is the seller.
        :raises AssetMismatch: if ``most`` is in another asset.
        :raises PriceAboveMax: if the price is above ``most``.
        """
        self._require_active(now)
        if buyer_id == self.seller_id:
            raise BuyerIsSeller(listing_id=self.id)
        price = self.pricing.at(now)
        if max_price is not None and max_price < price:
            raise PriceAboveMax(price=price, max_price=max_price)
        return price

    def change_price(
        self,
        change: PriceChange,
        *,
        seller_id: UserId,
        expected_version: ExpectedVersion,
        now: datetime,
    ) -> "Listing":
        """The listing at the new price; the listing itself if nothing changes.

        :raises ListingNotFound: unless ``seller_id`` is the seller.
        :raises ListingNotActive: if it was sold, cancelled or has expired.
        :raises ConcurrentChange: if it is not of the expected version.
        :raises AmountOutOfBounds: unless the price and the floor are 1 to 10^15 minor units.
        :raises AssetMismatch: if the floor is in another asset than the price.
        :raises InvalidPriceDecline: if the price does not decline with the change.
        """
        self._require_seller(seller_id)
        self._require_active(now)
        self.check_version(expected_version)
        pricing = change.applied_to(self.pricing)
        if pricing == self.pricing:
            return self
        repriced = ListingPriceChanged(occurred_at=now, listing_id=self.id, price=pricing.price)
        return evolve(self, pricing=pricing, updated_at=now, events=(*self.events, repriced))

    def cancel(self, *, seller_id: UserId, now: datetime) -> "Listing":
        """
        :raises ListingNotFound: unless ``by`` is the seller.
        :raises ListingNotActive: if it was sold, cancelled or has expired.
        """
        self._require_seller(seller_id)
        self._require_active(now)
        cancelled = ListingCancelled(occurred_at=now, listing_id=self.id, card_id=self.card_id)
        return self._ended(ListingState.CANCELLED, now, cancelled)

    def take_down(self, reason: Reason, *, taken_down_by_id: UserId, now: datetime) -> "Listing":
        """:raises ListingNotActive: if it was sold, cancelled, taken down or has expired."""
        self._require_active(now)
        taken_down = ListingTakenDown(
            occurred_at=now,
            listing_id=self.id,
            card_id=self.card_id,
            seller_id=self.seller_id,
            taken_down_by_id=taken_down_by_id,
            reason=reason.text,
        )
        return self._ended(ListingState.TAKEN_DOWN, now, taken_down)

    def expire(self, now: datetime) -> "Listing":
        """Record the expiry; the listing must be past it."""
        expired = ListingExpired(occurred_at=now, listing_id=self.id, card_id=self.card_id)
        return self._ended(ListingState.EXPIRED, now, expired)

    def _ended(self, state: ListingState, now: datetime, *ended: Event) -> "Listing":
        return evolve(self, state=state, updated_at=now, events=(*self.events, *ended))

    def _require_active(self, now: datetime) -> None:
        state = self.state_at(now)
        if state is not ListingState.ACTIVE:
            raise ListingNotActive(listing_id=self.id, state=state)

    def _require_seller(self, seller_id: UserId) -> None:
        if seller_id != self.seller_id:
            raise ListingNotFound(listing_id=self.id)
