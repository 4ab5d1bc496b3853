"""A card on offer. A listing *is* a hold on its card: the same id, the same expiry."""

from datetime import UTC, datetime, timedelta
from typing import Final, NewType
from uuid import UUID

from attrs import evolve, frozen

from ece_domain.cards import CardId, ConditionKey, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Aggregate, ConcurrentChange, Event, Money
from ece_domain.ledger import Deal, HeldCard, Hold, HoldId, HoldPurpose
from ece_domain.sales import Receipt, Sale, SaleId, SaleOrigin

from .errors import InvalidExpiry, ListingNotActive, ListingNotFound, OwnListing, PriceChanged
from .events import CardListed, ListingCancelled, ListingExpired, ListingRepriced
from .listing_state import ListingState
from .pricing import Pricing

ListingId = NewType("ListingId", UUID)

USUAL_LIFETIME: Final = timedelta(days=90)
LONGEST_LIFETIME: Final = timedelta(days=365)
SALE_ORIGIN: Final = "listing"
"""The kind of origin that the sale of a listing has."""


@frozen(kw_only=True)
class Listing(Aggregate):
    """One card, offered by its owner at a price. Printing and condition are as when listed."""

    id: ListingId
    card_id: CardId
    printing_id: PrintingId
    condition: ConditionKey
    seller: UserId
    pricing: Pricing
    listed_at: datetime
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
        seller: UserId,
        pricing: Pricing,
        expires_at: datetime | None,
        now: datetime,
    ) -> "Listing":
        """Without ``expires_at`` the listing stays for the usual 90 days.

        :raises InvalidExpiry: unless it expires after now, within a year.
        """
        ends_at = (expires_at or now + USUAL_LIFETIME).astimezone(UTC)
        if not now < ends_at <= now + LONGEST_LIFETIME:
            raise InvalidExpiry(latest=now + LONGEST_LIFETIME)
        listed = CardListed(
            occurred_at=now,
            listing_id=listing_id,
            card_id=card_id,
            printing_id=printing_id,
            seller=seller,
            price=pricing.price,
        )
        return cls(
            id=listing_id,
            card_id=card_id,
            printing_id=printing_id,
            condition=condition,
            seller=seller,
            pricing=pricing,
            listed_at=now,
            expires_at=ends_at,
            events=(listed,),
        )

    @property
    def hold(self) -> Hold:
        """What keeps the card in its place while the listing stands."""
        return Hold(
            id=HoldId(self.id),
            deal=Deal("market", self.id),
            purpose=HoldPurpose.LISTING,
            subject=HeldCard(self.card_id, self.seller),
            expires_at=self.expires_at,
        )

    @property
    def as_origin(self) -> SaleOrigin:
        """What the sale of this listing names as its origin."""
        return SaleOrigin(SALE_ORIGIN, self.id)

    def as_offered(self, pricing: Pricing) -> "Listing":
        """The listing as it was when it was new, at the price of then; nothing else changes."""
        return evolve(self, version=1, state=ListingState.ACTIVE, pricing=pricing, events=())

    def state_at(self, moment: datetime) -> ListingState:
        """The state, whether or not an expiry has been recorded yet."""
        if self.state is ListingState.ACTIVE and moment >= self.expires_at:
            return ListingState.EXPIRED
        return self.state

    def sell(
        self, sale_id: SaleId, *, buyer: UserId, receipt: Receipt, now: datetime
    ) -> tuple["Listing", Sale]:
        """The listing once sold, and the sale, whose event tells of both.

        ``receipt`` is over ``price_for`` the buyer, now.
        """
        sale = Sale(
            id=sale_id,
            origin=self.as_origin,
            card_id=self.card_id,
            printing_id=self.printing_id,
            condition=self.condition,
            seller=self.seller,
            buyer=buyer,
            receipt=receipt,
            sold_at=now,
        )
        return self._ended(ListingState.SOLD), sale

    def price_for(self, buyer: UserId, *, most: Money | None, now: datetime) -> Money:
        """What the buyer pays now. ``most`` protects them from a price that rose meanwhile.

        :raises ListingNotActive: if it was sold, cancelled or has expired.
        :raises OwnListing: if the buyer is the seller.
        :raises AssetMismatch: if ``most`` is in another asset.
        :raises PriceChanged: if the price is above ``most``.
        """
        self._require_active(now)
        if buyer == self.seller:
            raise OwnListing(listing_id=self.id)
        price = self.pricing.at(now)
        if most is not None and most < price:
            raise PriceChanged(asset=str(price.asset), price=price.amount, most=most.amount)
        return price

    def reprice(
        self, pricing: Pricing, *, by: UserId, expected_version: int, now: datetime
    ) -> "Listing":
        """
        :raises ListingNotFound: unless ``by`` is the seller.
        :raises ListingNotActive: if it was sold, cancelled or has expired.
        :raises ConcurrentChange: if it is no longer the version that the seller has seen.
        """
        self._require_seller(by)
        self._require_active(now)
        if self.version != expected_version:
            raise ConcurrentChange
        repriced = ListingRepriced(occurred_at=now, listing_id=self.id, price=pricing.price)
        return evolve(self, pricing=pricing, events=(*self.events, repriced))

    def cancel(self, *, by: UserId, now: datetime) -> "Listing":
        """
        :raises ListingNotFound: unless ``by`` is the seller.
        :raises ListingNotActive: if it was sold, cancelled or has expired.
        """
        self._require_seller(by)
        self._require_active(now)
        cancelled = ListingCancelled(occurred_at=now, listing_id=self.id, card_id=self.card_id)
        return self._ended(ListingState.CANCELLED, cancelled)

    def expire(self, now: datetime) -> "Listing":
        """Record that its time is over, which it must be."""
        expired = ListingExpired(occurred_at=now, listing_id=self.id, card_id=self.card_id)
        return self._ended(ListingState.EXPIRED, expired)

    def _ended(self, state: ListingState, *ended: Event) -> "Listing":
        return evolve(self, state=state, events=(*self.events, *ended))

    def _require_active(self, now: datetime) -> None:
        state = self.state_at(now)
        if state is not ListingState.ACTIVE:
            raise ListingNotActive(listing_id=self.id, state=state)

    def _require_seller(self, by: UserId) -> None:
        if by != self.seller:
            raise ListingNotFound(listing_id=self.id)
