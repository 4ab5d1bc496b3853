from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from attrs import evolve

from ece_domain.cards import CardId, ConditionKey, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import USD, Asset, AssetMismatch, ConcurrentChange, Money, Rate, Reason
from ece_domain.ledger import HeldCard, HoldPurpose
from ece_domain.market import (
    DEFAULT_LIFETIME,
    MAX_LIFETIME,
    BuyerIsSeller,
    InvalidExpiry,
    InvalidPriceDecline,
    Listing,
    ListingCancelled,
    ListingCreated,
    ListingExpired,
    ListingId,
    ListingNotActive,
    ListingNotFound,
    ListingPriceChanged,
    ListingState,
    PriceAboveMax,
    PriceChange,
    PriceDecline,
    Pricing,
)
from ece_domain.sales import (
    CURRENT_FEES,
    Royalty,
    Sale,
    SaleId,
    SaleOrigin,
    SaleReceipt,
    TrailingSales,
)

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SELLER, BUYER = UserId(UUID(int=1)), UserId(UUID(int=2))


def usd(amount: int) -> Money:
    return Money(amount, USD)


def a_listing(pricing: Pricing | None = None, expires_at: datetime | None = None) -> Listing:
    return Listing.of_card(
        ListingId(UUID(int=3)),
        card_id=CardId(UUID(int=4)),
        printing_id=PrintingId(UUID(int=5)),
        condition=ConditionKey("PSA 9"),
        seller_id=SELLER,
        pricing=pricing or Pricing(usd(1000)),
        expires_at=expires_at,
        now=NOW,
    )


def sell(listing: Listing, now: datetime = NOW) -> tuple[Listing, Sale]:
    record = TrailingSales(NOW.date() - timedelta(days=90), NOW.date(), 0, usd(0))
    receipt = SaleReceipt.issue(CURRENT_FEES, usd(1000), record, Royalty(SELLER, Rate(0)))
    return listing.sell(SaleId(uuid4()), buyer_id=BUYER, receipt=receipt, now=now)


ENDS = {
    ListingState.SOLD: lambda listing: sell(listing)[0],
    ListingState.TAKEN_DOWN: lambda listing: listing.take_down(
        Reason("A copy that does not exist"), taken_down_by_id=SELLER, now=NOW
    ),
    ListingState.CANCELLED: lambda listing: listing.cancel(seller_id=SELLER, now=NOW),
    ListingState.EXPIRED: lambda listing: listing.expire(NOW),
}


def test_is_a_hold_on_its_card():
    listing = a_listing()
    assert listing.hold.id == listing.id
    assert listing.hold.purpose is HoldPurpose.LISTING
    assert listing.hold.subject == HeldCard(listing.card_id, SELLER)
    assert listing.hold.expires_at == listing.expires_at


def test_expires_after_the_default_lifetime():
    assert a_listing().listed_at == NOW
    assert a_listing().expires_at == NOW + DEFAULT_LIFETIME
    assert a_listing(expires_at=NOW + TICK).expires_at == NOW + TICK
    assert a_listing(expires_at=NOW + MAX_LIFETIME).expires_at == NOW + MAX_LIFETIME


LATER = NOW + timedelta(hours=1)
CHANGES = {
    "sale": lambda listing: sell(listing, LATER)[0],
    "cancellation": lambda listing: listing.cancel(seller_id=SELLER, now=LATER),
    "expiry": lambda listing: listing.expire(LATER),
    "taking-down": lambda listing: listing.take_down(
        Reason("stolen"), taken_down_by_id=BUYER, now=LATER
    ),
    "price": lambda listing: listing.change_price(
        PriceChange(usd(900)), seller_id=SELLER, expected_version=None, now=LATER
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_moves_the_moment_of_the_latest_change(change):
    listing = a_listing()
    changed = CHANGES[change](listing)
    assert (listing.updated_at, changed.updated_at) == (NOW, LATER)
    assert changed.listed_at == NOW
    assert changed.as_created(listing.pricing).updated_at == NOW


def test_a_price_that_stays_does_not_move_the_moment_of_the_latest_change():
    listing = a_listing()
    same = listing.change_price(
        PriceChange(usd(1000)), seller_id=SELLER, expected_version=None, now=LATER
    )
    assert same.updated_at == NOW


@pytest.mark.parametrize("lasting", [timedelta(0), -TICK, MAX_LIFETIME + TICK])
def test_refuses_an_expiry_that_is_past_or_too_far(lasting):
    with pytest.raises(InvalidExpiry) as refusal:
        a_listing(expires_at=NOW + lasting)
    assert refusal.value.max_expires_at == NOW + MAX_LIFETIME


def test_is_over_exactly_at_its_expiry():
    listing = a_listing()
    assert listing.state_at(listing.expires_at - TICK) is ListingState.ACTIVE
    assert listing.state_at(listing.expires_at) is ListingState.EXPIRED
    assert listing.price_for(BUYER, max_price=None, now=listing.expires_at - TICK) == usd(1000)
    with pytest.raises(ListingNotActive) as refusal:
        listing.price_for(BUYER, max_price=None, now=listing.expires_at)
    assert refusal.value.details == {"listing_id": listing.id, "state": ListingState.EXPIRED}


@pytest.mark.parametrize("state", ENDS)
def test_an_ended_listing_never_changes(state):
    ended = ENDS[state](a_listing())
    assert ended.state is state
    assert ended.state_at(ended.expires_at) is state
    again = {
        "price": lambda: ended.price_for(BUYER, max_price=None, now=NOW),
        "cancel": lambda: ended.cancel(seller_id=SELLER, now=NOW),
        "reprice": lambda: ended.change_price(
            PriceChange(usd(1)),
            seller_id=SELLER,
            expected_version=ended.version,
            now=NOW,
        ),
    }
    for attempt in again.values():
        with pytest.raises(ListingNotActive) as refusal:
            attempt()
        assert refusal.value.state is state


def test_an_owner_does_not_buy_their_own_card():
    with pytest.raises(BuyerIsSeller) as refusal:
        a_listing().price_for(SELLER, max_price=None, now=NOW)
    assert refusal.value.listing_id == a_listing().id


def test_a_buyer_pays_the_present_price_up_to_their_most():
    falling = Pricing(usd(1000), PriceDecline(usd(500), NOW, NOW + timedelta(hours=1)))
    listing = a_listing(falling)
    later = NOW + timedelta(minutes=30)
    assert listing.price_for(BUYER, max_price=usd(1000), now=later) == usd(750)
    assert listing.price_for(BUYER, max_price=usd(750), now=later) == usd(750)
    with pytest.raises(PriceAboveMax) as refusal:
        listing.price_for(BUYER, max_price=usd(749), now=later)
    assert refusal.value.details == {"price": usd(750), "max_price": usd(749)}


def test_a_most_in_another_asset_is_refused():
    with pytest.raises(AssetMismatch):
        a_listing().price_for(BUYER, max_price=Money(10_000, Asset("EUR", 2)), now=NOW)


def test_only_the_seller_changes_it():
    with pytest.raises(ListingNotFound) as refusal:
        a_listing().cancel(seller_id=BUYER, now=NOW)
    assert refusal.value.listing_id == a_listing().id
    with pytest.raises(ListingNotFound):
        a_listing().change_price(PriceChange(usd(1)), seller_id=BUYER, expected_version=0, now=NOW)


def test_is_repriced_in_the_version_that_the_seller_has_seen():
    listing = evolve(a_listing(), version=3, events=())
    repriced = listing.change_price(
        PriceChange(usd(7)), seller_id=SELLER, expected_version=3, now=NOW
    )
    assert repriced.pricing == Pricing(usd(7))
    assert repriced.saved.version == 4
    with pytest.raises(ConcurrentChange):
        listing.change_price(PriceChange(usd(7)), seller_id=SELLER, expected_version=2, now=NOW)


def test_publishes_its_events():
    listing, later = a_listing(), NOW + timedelta(minutes=1)
    card = {"listing_id": listing.id, "card_id": listing.card_id}
    printing = {"printing_id": listing.printing_id, "seller_id": SELLER}
    assert listing.events == (ListingCreated(occurred_at=NOW, **card, **printing, price=usd(1000)),)

    repriced = listing.change_price(
        PriceChange(usd(7)), seller_id=SELLER, expected_version=0, now=later
    )
    assert repriced.events[1:] == (
        ListingPriceChanged(occurred_at=later, listing_id=listing.id, price=usd(7)),
    )
    cancelled = listing.cancel(seller_id=SELLER, now=later)
    assert cancelled.events[1:] == (ListingCancelled(occurred_at=later, **card),)
    expired = listing.expire(later)
    assert expired.events[1:] == (ListingExpired(occurred_at=later, **card),)
    ended, sale = sell(listing)
    assert ended.events[1:] == ()  # the sale has an event of its own
    assert sale.origin == SaleOrigin("listing", listing.id)
    assert all(each.saved.events == () for each in (listing, repriced, cancelled, expired, ended))


class TestAChangeOfThePriceAlone:
    DECLINE = PriceDecline(usd(500), NOW, NOW + timedelta(hours=1))

    def changed(self, change: PriceChange) -> Listing:
        listing = a_listing(Pricing(usd(1000), self.DECLINE))
        return listing.change_price(change, seller_id=SELLER, expected_version=0, now=NOW)

    def test_keeps_the_decline(self):
        assert self.changed(PriceChange(usd(900))).pricing == Pricing(usd(900), self.DECLINE)

    def test_ends_the_decline_only_for_null(self):
        assert self.changed(PriceChange(decline=None)).pricing == Pricing(usd(1000))

    def test_is_refused_unless_the_price_is_above_the_floor_that_stays(self):
        with pytest.raises(InvalidPriceDecline):
            self.changed(PriceChange(usd(500)))

    def test_that_changes_nothing_leaves_the_listing_as_it_is(self):
        listing = a_listing()
        unchanged = listing.change_price(
            PriceChange(), seller_id=SELLER, expected_version=0, now=NOW
        )
        assert unchanged is listing
