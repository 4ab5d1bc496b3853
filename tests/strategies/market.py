"""Hypothesis strategies of listings."""

from datetime import timedelta

from hypothesis import strategies as st

from ece_domain.cards import CardId, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import MAX_AMOUNT, USD, Asset, Money
from ece_domain.market import MAX_LIFETIME, Listing, ListingId, ListingState, PriceDecline, Pricing
from tests.strategies.identity import moments, uuids
from tests.strategies.sales import conditions


@st.composite
def pricings(draw: st.DrawFn, asset: Asset = USD) -> Pricing:
    price = Money(draw(st.integers(2, MAX_AMOUNT)), asset)
    if draw(st.booleans()):
        return Pricing(price)
    starts_at = draw(moments)
    lasting = timedelta(microseconds=draw(st.integers(1, 10**14)))
    floor = Money(draw(st.integers(1, price.amount - 1)), asset)
    return Pricing(price, PriceDecline(floor, starts_at, starts_at + lasting))


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    listed_at = draw(moments)
    lasting = draw(st.timedeltas(timedelta(microseconds=1), MAX_LIFETIME))
    asset = draw(st.sampled_from([USD, Asset("EUR", 2), Asset("GOLD2", 18)]))
    return Listing(
        id=ListingId(draw(uuids)),
        card_id=CardId(draw(uuids)),
        printing_id=PrintingId(draw(uuids)),
        condition=draw(conditions),
        seller_id=UserId(draw(uuids)),
        pricing=draw(pricings(asset)),
        listed_at=listed_at,
        updated_at=draw(moments),
        expires_at=listed_at + lasting,
        state=draw(st.sampled_from(ListingState)),
    )
