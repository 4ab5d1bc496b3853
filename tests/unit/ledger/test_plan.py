"""Moves of one settlement are summed, and contradicting moves are refused."""

from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import MAX_AMOUNT, USD, AssetMismatch, DomainError, Money
from ece_domain.ledger import (
    Account,
    CaptureHold,
    ExpireHold,
    HeldCard,
    HeldMoney,
    Hold,
    HoldAction,
    HoldId,
    HoldPurpose,
    HoldState,
    MalformedSettlement,
    Move,
    MoveCard,
    MoveMoney,
    PlaceHold,
    PlatformRole,
    ReleaseHold,
    Settlement,
    SettlementId,
)
from ece_domain.ledger.settlement import MAX_MOVES
from ece_domain.ledger.storage import MAX_BALANCE, CardChange
from tests.strategies.ledger import DEAL, FIRST_BOOK, GEM, NOON, settlements

ANNA, BELA = UserId(UUID(int=1)), UserId(UUID(int=2))
ANNAS, BELAS = Account.of_user(ANNA, USD), Account.of_user(BELA, USD)
HOUSE = Account.of_platform(PlatformRole.COMMISSION, USD)
CARD = CardId(UUID(int=9))
ON_MONEY = Hold(
    id=HoldId(UUID(int=5)), deal=DEAL, purpose=HoldPurpose.BID, subject=HeldMoney(ANNAS, 50)
)
ON_CARD = Hold(
    id=HoldId(UUID(int=6)), deal=DEAL, purpose=HoldPurpose.LISTING, subject=HeldCard(CARD, ANNA)
)


def of(*moves: Move, purpose: str = "test.plan") -> Settlement:
    return Settlement(SettlementId(UUID(int=7)), purpose, moves)


def pay(giver: Account, taker: Account, amount: int) -> MoveMoney:
    return MoveMoney(giver, taker, Money(amount, USD))


def test_sums_the_moves_of_an_account_and_sorts_those_that_keep_a_balance_first_by_id():
    plan = of(pay(ANNAS, BELAS, 30), pay(ANNAS, HOUSE, 5), pay(BELAS, ANNAS, 10)).plan()

    assert {change.account: change.amount for change in plan.balances} == {
        ANNAS: -25,
        BELAS: 20,
        HOUSE: 5,
    }
    *kept, other = [change.account for change in plan.balances]
    assert other == HOUSE
    assert kept == sorted(kept, key=lambda account: account.id)


def test_a_placed_hold_sets_aside_and_a_capture_takes_off_again():
    placed = of(PlaceHold(ON_MONEY)).plan()
    assert [(change.amount, change.held) for change in placed.balances] == [(0, 50)]

    captured = of(
        CaptureHold(ON_MONEY, pay(ANNAS, BELAS, 20)),
        CaptureHold(ON_MONEY, pay(ANNAS, HOUSE, 10)),
        ReleaseHold(ON_MONEY),
    ).plan()
    (change,) = captured.holds
    assert (change.action, change.captured) == (HoldAction.RELEASE, 30)
    held = {change.account: change.held for change in captured.balances}
    assert held == {ANNAS: -30, BELAS: 0, HOUSE: 0}


def test_a_card_may_be_released_handed_over_and_held_for_its_taker_at_once():
    again = evolve(ON_CARD, id=HoldId(UUID(int=8)), subject=HeldCard(CARD, BELA))
    plan = of(ReleaseHold(ON_CARD), MoveCard(CARD, ANNA, BELA), PlaceHold(again)).plan()

    assert plan.cards == (CardChange(CARD, ANNA, ON_CARD.id, BELA, again.id),)


AMOUNT = "an amount is not positive, or too high"
PLACED = "a hold is placed twice or closed before"
CLOSED = "a hold is closed twice or placed and closed"
CAPTURED = "a capture moves something else than its hold"
CARDS = "the moves of a card contradict each other"
CONTRADICTIONS: dict[str, tuple[str, tuple[Move, ...]]] = {
    "no moves": ("there are no moves or too many", ()),
    "too many moves": (
        "there are no moves or too many",
        (pay(ANNAS, BELAS, 1),) * (MAX_MOVES + 1),
    ),
    "amount zero": (AMOUNT, (pay(ANNAS, BELAS, 0),)),
    "amount below zero": (AMOUNT, (pay(ANNAS, BELAS, -1),)),
    "amount too high": (AMOUNT, (pay(ANNAS, BELAS, MAX_AMOUNT + 1),)),
    "to oneself": ("an account moves money to itself", (pay(ANNAS, ANNAS, 1),)),
    "holds the platform's money": (
        "only a user's money can be held",
        (PlaceHold(evolve(ON_MONEY, subject=HeldMoney(HOUSE, 1))),),
    ),
    "holds nothing": (AMOUNT, (PlaceHold(evolve(ON_MONEY, subject=HeldMoney(ANNAS, 0))),)),
    "holds too much": (
        AMOUNT,
        (PlaceHold(evolve(ON_MONEY, subject=HeldMoney(ANNAS, MAX_AMOUNT + 1))),),
    ),
    "placed twice": (PLACED, (PlaceHold(ON_MONEY), PlaceHold(ON_MONEY))),
    "placed and released": (CLOSED, (PlaceHold(ON_MONEY), ReleaseHold(ON_MONEY))),
    "released and placed": (PLACED, (ReleaseHold(ON_MONEY), PlaceHold(ON_MONEY))),
    "released and captured": (
        CLOSED,
        (ReleaseHold(ON_MONEY), CaptureHold(ON_MONEY, pay(ANNAS, BELAS, 1))),
    ),
    "released and expired": (CLOSED, (ReleaseHold(ON_MONEY), ExpireHold(ON_MONEY))),
    "card captured and released": (
        CLOSED,
        (CaptureHold(ON_CARD, MoveCard(CARD, ANNA, BELA)), ReleaseHold(ON_CARD)),
    ),
    "captures another account": (CAPTURED, (CaptureHold(ON_MONEY, pay(BELAS, ANNAS, 1)),)),
    "captures another card": (
        CAPTURED,
        (CaptureHold(ON_CARD, MoveCard(CardId(UUID(int=10)), ANNA, BELA)),),
    ),
    "captures a card with money": (
        CAPTURED,
        (CaptureHold(ON_MONEY, MoveCard(CARD, ANNA, BELA)),),
    ),
    "a card of two owners": (CARDS, (MoveCard(CARD, ANNA, BELA), MoveCard(CARD, ANNA, BELA))),
    "a card that goes on": (
        "a card changes hands twice",
        (MoveCard(CARD, ANNA, BELA), MoveCard(CARD, BELA, ANNA)),
    ),
    "a card under a hold": (CARDS, (PlaceHold(ON_CARD), MoveCard(CARD, ANNA, BELA))),
}


@pytest.mark.parametrize(("why", "moves"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_refuses_contradicting_moves_with_the_reason(why, moves):
    with pytest.raises(MalformedSettlement) as refusal:
        of(*moves).plan()
    assert refusal.value.why == why


@pytest.mark.parametrize(
    "accounts", [(ANNAS, Account.of_user(BELA, GEM)), (Account.of_user(BELA, GEM), ANNAS)]
)
def test_refuses_an_amount_in_another_asset_than_its_accounts(accounts):
    with pytest.raises(AssetMismatch) as refusal:
        of(pay(*accounts, 1)).plan()
    assert refusal.value.details == {"expected": "GEM/0", "given": "USD/2"}


def test_the_highest_sum_of_a_settlement_is_the_highest_balance():
    plan = of(*[pay(HOUSE, ANNAS, MAX_AMOUNT)] * MAX_MOVES).plan()

    assert max(change.amount for change in plan.balances) == MAX_BALANCE


def test_the_digest_does_not_depend_on_the_progress_of_the_hold():
    later = evolve(ON_MONEY, state=HoldState.RELEASED, captured=20)

    for closing in (CaptureHold(ON_MONEY, pay(ANNAS, BELAS, 1)), ReleaseHold(ON_MONEY)):
        assert of(closing).digest == of(evolve(closing, hold=later)).digest


@pytest.mark.parametrize(
    "other",
    [
        of(pay(ANNAS, BELAS, 1), purpose="test.other"),
        of(pay(ANNAS, BELAS, 2)),
        of(pay(BELAS, ANNAS, 1)),
        of(pay(ANNAS, HOUSE, 1)),
        of(pay(ANNAS, BELAS, 1), pay(ANNAS, BELAS, 1)),
        of(CaptureHold(ON_MONEY, pay(ANNAS, BELAS, 1))),
        of(CaptureHold(evolve(ON_MONEY, id=ON_CARD.id), pay(ANNAS, BELAS, 1))),
        of(ReleaseHold(ON_MONEY)),
        of(ExpireHold(ON_MONEY)),
        of(PlaceHold(evolve(ON_MONEY, purpose=HoldPurpose.TRADE))),
        of(PlaceHold(evolve(ON_MONEY, expires_at=NOON))),
        of(PlaceHold(evolve(ON_MONEY, subject=HeldMoney(ANNAS, 51)))),
        of(PlaceHold(ON_CARD)),
        of(MoveCard(CARD, ANNA, BELA)),
        of(MoveCard(CARD, BELA, ANNA)),
        of(CaptureHold(ON_CARD, MoveCard(CARD, ANNA, BELA))),
    ],
    ids=repr,
)
def test_any_other_purpose_or_move_makes_another_digest(other):
    assert other.digest not in {of(pay(ANNAS, BELAS, 1)).digest, of(PlaceHold(ON_MONEY)).digest}


def test_the_digest_of_stored_settlements_never_changes():
    """Otherwise a settlement that is repeated after an upgrade would be refused."""
    every_kind = of(
        pay(ANNAS, BELAS, 1),
        MoveCard(CARD, ANNA, BELA),
        PlaceHold(evolve(ON_MONEY, expires_at=NOON)),
        CaptureHold(ON_MONEY, pay(ANNAS, BELAS, 1)),
        CaptureHold(ON_CARD, MoveCard(CARD, ANNA, BELA)),
        ReleaseHold(ON_MONEY),
        ExpireHold(ON_CARD),
    )

    digest = "d164648e8f219717904e9b9367c28402fdcc7c961553b772c54f28e4b8b88f86"
    assert every_kind.digest.hex() == digest


@given(settlements(FIRST_BOOK, st.uuids()))
def test_a_plan_moves_all_money_and_makes_none(settlement):
    try:
        plan = settlement.plan()
    except DomainError:
        return
    for asset in (USD, GEM):
        assert sum(c.amount for c in plan.balances if c.account.asset == asset) == 0
