"""Listings, sales and receipts as anybody could have them."""

from datetime import timedelta

from hypothesis import strategies as st

from ece_domain.cards import CardId, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import MAX_AMOUNT, USD, Asset, Money, Rate
from ece_domain.market import (
    CURRENT_FEES,
    LONGEST_LIFETIME,
    Decline,
    Listing,
    ListingId,
    ListingState,
    Pricing,
    Receipt,
    RecordPeriod,
    Royalty,
    Sale,
    SaleId,
    SellerRecord,
)
from tests.strategies.identity import moments, uuids

prices = st.integers(1, MAX_AMOUNT).map(lambda amount: Money(amount, USD))
conditions = st.sampled_from(["PSA 9", "BGS 9.5", "tcgplayer NM", "cardmarket LP", "unstated"])
royalties = st.builds(Royalty, uuids.map(UserId), st.integers(0, 100_000).map(Rate))


@st.composite
def pricings(draw: st.DrawFn, asset: Asset = USD) -> Pricing:
    price = Money(draw(st.integers(2, MAX_AMOUNT)), asset)
    if draw(st.booleans()):
        return Pricing(price)
    starts_at = draw(moments)
    lasting = timedelta(microseconds=draw(st.integers(1, 10**14)))
    floor = Money(draw(st.integers(1, price.amount - 1)), asset)
    return Pricing(price, Decline(floor, starts_at, starts_at + lasting))


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    listed_at = draw(moments)
    lasting = draw(st.timedeltas(timedelta(microseconds=1), LONGEST_LIFETIME))
    asset = draw(st.sampled_from([USD, Asset("EUR", 2), Asset("GOLD2", 18)]))
    return Listing(
        id=ListingId(draw(uuids)),
        card_id=CardId(draw(uuids)),
        printing_id=PrintingId(draw(uuids)),
        condition=draw(conditions),
        seller=UserId(draw(uuids)),
        pricing=draw(pricings(asset)),
        listed_at=listed_at,
        expires_at=listed_at + lasting,
        state=draw(st.sampled_from(ListingState)),
    )


@st.composite
def records(draw: st.DrawFn) -> SellerRecord:
    period = RecordPeriod.before(draw(moments))
    volume = Money(draw(st.integers(0, 800 * MAX_AMOUNT)), USD)
    return SellerRecord(period.since, period.until, draw(st.integers(0, 1000)), volume)


receipts = st.builds(Receipt.issue, st.just(CURRENT_FEES), prices, records(), royalties)

sales = st.builds(
    Sale,
    id=uuids.map(SaleId),
    listing_id=uuids,
    card_id=uuids.map(CardId),
    printing_id=uuids.map(PrintingId),
    condition=conditions,
    seller=uuids.map(UserId),
    buyer=uuids.map(UserId),
    receipt=receipts,
    sold_at=moments,
)
