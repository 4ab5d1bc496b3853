"""Hypothesis strategies of sales and receipts."""

from hypothesis import strategies as st

from ece_domain.cards import CardId, ConditionKey, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import MAX_AMOUNT, USD, Money, Rate
from ece_domain.sales import (
    CURRENT_FEES,
    Royalty,
    Sale,
    SaleId,
    SaleOrigin,
    SaleReceipt,
    TrailingSales,
)
from ece_domain.sales.storage import TrailingPeriod
from tests.strategies.identity import moments, uuids

prices = st.integers(1, MAX_AMOUNT).map(lambda amount: Money(amount, USD))
conditions = st.sampled_from(["PSA 9", "BGS 9.5", "tcgplayer NM", "cardmarket LP", "unstated"]).map(
    ConditionKey
)
royalties = st.builds(Royalty, uuids.map(UserId), st.integers(0, 100_000).map(Rate))


@st.composite
def trailing_sales(draw: st.DrawFn) -> TrailingSales:
    period = TrailingPeriod.before(draw(moments))
    volume = Money(draw(st.integers(0, 800 * MAX_AMOUNT)), USD)
    return TrailingSales(period.since, period.until, draw(st.integers(0, 1000)), volume)


receipts = st.builds(SaleReceipt.issue, st.just(CURRENT_FEES), prices, trailing_sales(), royalties)

sales = st.builds(
    Sale,
    id=uuids.map(SaleId),
    origin=st.builds(SaleOrigin, st.sampled_from(["listing", "auction"]), uuids),
    card_id=uuids.map(CardId),
    printing_id=uuids.map(PrintingId),
    condition=conditions,
    seller_id=uuids.map(UserId),
    buyer_id=uuids.map(UserId),
    receipt=receipts,
    sold_at=moments,
)
