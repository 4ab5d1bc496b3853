from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given

from ece_domain.cards import CardId, ConditionKey, PrintingId
from ece_domain.identity import OPERATORS, Actor, Role, UserId
from ece_domain.kernel import USD, Money, Rate
from ece_domain.ledger import (
    Account,
    CaptureHold,
    Deal,
    HeldCard,
    Hold,
    HoldId,
    HoldPurpose,
    MoveCard,
    PlatformRole,
)
from ece_domain.sales import (
    CURRENT_FEES,
    CardSold,
    Royalty,
    Sale,
    SaleId,
    SaleOrigin,
    SaleReceipt,
    TrailingSales,
)
from tests.strategies.sales import sales

SELLER, BUYER, CREATOR = (UserId(UUID(int=number)) for number in (1, 2, 3))
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def hold_of(sale: Sale) -> Hold:
    subject = HeldCard(sale.card_id, sale.seller_id)
    return Hold(
        id=HoldId(sale.origin.id),
        deal=Deal("market", sale.origin.id),
        purpose=HoldPurpose.LISTING,
        subject=subject,
    )


def a_sale(price: int, creator: UserId = CREATOR) -> Sale:
    record = TrailingSales(NOW.date() - timedelta(days=90), NOW.date(), 0, Money(0, USD))
    royalty = Royalty(creator, Rate(50_000))
    return Sale(
        id=SaleId(uuid4()),
        origin=SaleOrigin("listing", uuid4()),
        card_id=CardId(uuid4()),
        printing_id=PrintingId(uuid4()),
        condition=ConditionKey("unstated"),
        seller_id=SELLER,
        buyer_id=BUYER,
        receipt=SaleReceipt.issue(CURRENT_FEES, Money(price, USD), record, royalty),
        sold_at=NOW,
    )


def changes_of(sale: Sale) -> dict[Account, int]:
    plan = sale.settlement(hold_of(sale), purpose="market.purchase").plan()
    return {change.account: change.amount for change in plan.balances}


def test_pays_seller_house_and_creator_out_of_the_price():
    assert changes_of(a_sale(10_000)) == {
        Account.of_user(BUYER, USD): -10_000,
        Account.of_user(SELLER, USD): 8_300,
        Account.of_platform(PlatformRole.COMMISSION, USD): 1_200,
        Account.of_user(CREATOR, USD): 500,
    }


def test_captures_the_card_from_under_the_listing():
    sale = a_sale(10_000)
    settlement = sale.settlement(hold_of(sale), purpose="market.purchase")
    card = MoveCard(sale.card_id, SELLER, BUYER)
    assert (settlement.id, settlement.purpose) == (sale.id, "market.purchase")
    assert settlement.moves[0] == CaptureHold(hold_of(sale), card)


@pytest.mark.parametrize(("price", "parties"), [(1, 2), (26, 2), (28, 4)])
def test_moves_no_shares_of_nothing(price, parties):
    assert len(changes_of(a_sale(price))) == parties


def test_a_creator_who_buys_keeps_their_royalty():
    assert changes_of(a_sale(10_000, creator=BUYER))[Account.of_user(BUYER, USD)] == -9_500


def test_a_creator_who_sells_gets_both_shares():
    assert changes_of(a_sale(10_000, creator=SELLER))[Account.of_user(SELLER, USD)] == 8_800


@given(sales.filter(lambda sale: sale.seller_id != sale.buyer_id))
def test_no_money_appears_or_vanishes(sale):
    assert sum(changes_of(sale).values()) == 0


def test_the_event_has_both_sides_the_card_and_the_origin():
    sale = a_sale(10_000)
    assert sale.sold == CardSold(
        occurred_at=NOW,
        sale_id=sale.id,
        origin=sale.origin,
        card_id=sale.card_id,
        printing_id=sale.printing_id,
        seller_id=SELLER,
        buyer_id=BUYER,
        price=Money(10_000, USD),
    )


def test_a_receipt_is_for_the_seller_and_operators_and_not_for_the_buyer():
    sale = a_sale(1_000)
    assert sale.receipt_for(Actor(SELLER, Role.COLLECTOR)) == sale.receipt
    for role in Role:
        expected = sale.receipt if role in OPERATORS else None
        assert sale.receipt_for(Actor(BUYER, role)) == expected
