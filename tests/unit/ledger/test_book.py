"""The effects of a settlement on the pure book."""

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from ece_domain.cards import CardNotFound
from ece_domain.kernel import MAX_AMOUNT, USD, DomainError, Money
from ece_domain.ledger import (
    BalanceLimit,
    CaptureHold,
    Entry,
    ExpireHold,
    HeldMoney,
    HoldAlreadyPlaced,
    HoldId,
    HoldNotFound,
    HoldNotOpen,
    HoldPastExpiry,
    HoldState,
    InsufficientFunds,
    Move,
    MoveCard,
    PlaceHold,
    ReleaseHold,
    Settlement,
    SettlementId,
)
from ece_domain.ledger.storage import MAX_BALANCE, Balance, Book, CardOwnership
from tests.strategies.ledger import FIRST_BOOK, GEM, NOON, settlements
from tests.strategies.ledger_cases import (
    ANNA,
    ANNAS,
    BELA,
    BELAS,
    BID,
    BOOK,
    CARD,
    ELSEWHERE,
    EXPIRY,
    HOUSE,
    LISTING,
    REFUSALS,
    WORLD,
    pay,
)


def of(*moves: Move) -> Settlement:
    return Settlement(SettlementId(UUID(int=7)), "test.book", moves)


def after(*moves: Move, book: Book = BOOK, now=NOON) -> Book:
    return book.settle(of(*moves), now)[0]


def test_a_purchase_moves_card_money_and_fee_at_once():
    book, entries = BOOK.settle(
        of(
            CaptureHold(LISTING, MoveCard(CARD, ANNA, BELA)),
            pay(WORLD, BELAS, 100),
            pay(BELAS, ANNAS, 60),
            pay(BELAS, HOUSE, 5),
        ),
        NOON,
    )

    assert book.cards[CARD] == CardOwnership(BELA)
    assert book.holds[LISTING.id].state is HoldState.CAPTURED
    assert book.balances == {
        ANNAS: Balance(160, 50),
        BELAS: Balance(35, 0),
        HOUSE: Balance(5),
    }
    assert set(entries) == {
        Entry(ANNAS, 60, 160),
        Entry(BELAS, 35, 35),
        Entry(HOUSE, 5, None),
        Entry(WORLD, -100, None),
    }
    assert {entry.money for entry in entries} == {Money(n, USD) for n in (60, 35, 5, -100)}


def test_the_book_before_stays_as_it_was():
    after(pay(ANNAS, BELAS, 50))

    assert BOOK.balances == {ANNAS: Balance(100, 50)}


def test_a_capture_in_parts_leaves_the_rest_held():
    book = after(CaptureHold(BID, pay(ANNAS, BELAS, 20)))
    assert book.balances[ANNAS] == Balance(80, 30)
    assert (book.holds[BID.id].state, book.holds[BID.id].remaining) == (HoldState.OPEN, 30)

    book = after(CaptureHold(BID, pay(ANNAS, BELAS, 30)), book=book)
    assert book.balances[ANNAS] == Balance(50, 0)
    assert (book.holds[BID.id].state, book.holds[BID.id].remaining) == (HoldState.CAPTURED, 0)


@pytest.mark.parametrize(
    ("close", "now", "state"),
    [
        (ReleaseHold(BID), NOON, HoldState.RELEASED),
        (ReleaseHold(BID), EXPIRY, HoldState.RELEASED),
        (ExpireHold(BID), EXPIRY, HoldState.EXPIRED),
    ],
)
def test_the_uncaptured_remainder_is_released(close, now, state):
    book = after(close, now=now)

    assert book.holds[BID.id].state is state
    assert book.balances[ANNAS] == Balance(100, 0)


def test_a_capture_and_the_release_of_the_rest_go_together():
    book = after(CaptureHold(BID, pay(ANNAS, BELAS, 20)), ReleaseHold(BID))

    assert book.holds[BID.id] == evolve(BID, state=HoldState.RELEASED, captured=20)
    assert book.balances[ANNAS] == Balance(80, 0)


def test_a_released_amount_can_be_held_in_the_same_settlement():
    next_bid = evolve(BID, id=HoldId(UUID(int=8)), subject=HeldMoney(ANNAS, 100))
    book = after(ReleaseHold(BID), PlaceHold(next_bid))

    assert book.balances[ANNAS] == Balance(100, 100)


def test_of_two_holds_on_one_account_each_gives_back_its_own():
    second = evolve(BID, id=HoldId(UUID(int=8)), subject=HeldMoney(ANNAS, 30))
    book = after(ReleaseHold(BID), ReleaseHold(second), book=after(PlaceHold(second)))

    assert book.balances[ANNAS] == Balance(100, 0)


def test_a_released_card_is_free_again():
    book = after(ReleaseHold(LISTING))

    assert book.cards[CARD] == CardOwnership(ANNA)
    assert book.holds[LISTING.id].remaining == 0


def test_a_new_hold_is_always_open():
    used = evolve(BID, id=HoldId(UUID(int=8)), state=HoldState.CAPTURED, captured=50)
    book = after(PlaceHold(used))

    assert book.holds[used.id] == evolve(used, state=HoldState.OPEN, captured=0)


@pytest.mark.parametrize(("move", "refusal"), REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(move, refusal):
    with pytest.raises(refusal):
        after(move)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("no such hold", {"hold_id": HoldId(UUID(int=8))}),
        ("too early to expire", {"hold_id": BID.id}),
        (
            "more than is held",
            {"hold_id": BID.id, "remaining": Money(50, USD), "needed": Money(51, USD)},
        ),
        ("more than is available", {"available": Money(50, USD), "needed": Money(51, USD)}),
        ("a card held twice", {"card_id": CARD}),
        ("no such card", {"card_id": ELSEWHERE}),
        ("somebody else's card", {"card_id": CARD}),
        ("a hold's id that is taken", {"hold_id": BID.id}),
    ],
)
def test_an_error_has_its_fields(name, facts):
    move, refusal = REFUSALS[name]
    with pytest.raises(refusal) as refused:
        after(move)

    assert refused.value.details == facts


def test_refuses_a_capture_from_the_expiry_on():
    capture = CaptureHold(BID, pay(ANNAS, BELAS, 1))
    after(capture, now=EXPIRY - timedelta(microseconds=1))

    for late in ((capture,), (capture, ReleaseHold(BID)), (capture, ExpireHold(BID))):
        with pytest.raises(HoldPastExpiry) as refusal:
            after(*late, now=EXPIRY)
        assert refusal.value.hold_id == BID.id


def test_refuses_to_end_an_ended_hold():
    with pytest.raises(HoldNotOpen) as refusal:
        after(ReleaseHold(BID), book=after(ReleaseHold(BID)))

    assert refusal.value.state is HoldState.RELEASED


def test_an_account_holds_the_limit_and_no_more():
    full = after(*[pay(WORLD, BELAS, MAX_AMOUNT)] * (MAX_BALANCE // MAX_AMOUNT))
    assert full.balances[BELAS].total == MAX_BALANCE

    with pytest.raises(BalanceLimit):
        after(pay(WORLD, BELAS, 1), book=full)


def test_checks_holds_then_money_then_cards_then_new_holds():
    broken = [
        (ReleaseHold(evolve(BID, id=HoldId(UUID(int=8)))), HoldNotFound),
        (pay(BELAS, WORLD, 1), InsufficientFunds),
        (MoveCard(ELSEWHERE, ANNA, BELA), CardNotFound),
        (PlaceHold(evolve(LISTING, subject=HeldMoney(ANNAS, 1))), HoldAlreadyPlaced),
    ]
    for first, (_, refusal) in enumerate(broken):
        with pytest.raises(refusal):
            after(*[move for move, _ in reversed(broken[first:])])


def test_who_owns_a_hold():
    assert (BID.owner_id, LISTING.owner_id) == (ANNA, ANNA)


@given(st.data())
@settings(max_examples=50)
def test_no_walk_makes_money_or_loses_a_card(data):
    book, total = FIRST_BOOK, dict.fromkeys((USD, GEM), 0)
    for _ in range(12):
        settlement = data.draw(settlements(book, st.uuids()))
        try:
            book, entries = book.settle(settlement, NOON)
        except DomainError:
            continue
        for asset in total:
            assert sum(entry.amount for entry in entries if entry.account.asset == asset) == 0
        assert book.cards.keys() == FIRST_BOOK.cards.keys()
        for account, balance in book.balances.items():
            held = [
                hold.remaining
                for hold in book.holds.values()
                if isinstance(hold.subject, HeldMoney) and hold.subject.account == account
            ]
            assert 0 <= balance.held == sum(held) <= balance.total
