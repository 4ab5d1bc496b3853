"""Settlements over a handful of names, so that they collide, repeat and contradict each other."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import MAX_AMOUNT, USD, Asset, Money
from ece_domain.ledger import (
    Account,
    Balance,
    Book,
    CaptureHold,
    ExpireHold,
    HeldCard,
    HeldMoney,
    Hold,
    HoldId,
    HoldPurpose,
    Move,
    MoveCard,
    MoveMoney,
    PlaceHold,
    PlatformRole,
    Possession,
    ReleaseHold,
    Settlement,
    SettlementId,
)

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
GEM = Asset("GEM", 0)

USERS = tuple(UserId(UUID(int=0xA000 + number)) for number in range(3))
CARDS = tuple(CardId(UUID(int=0xC000 + number)) for number in range(3))
HOLDS = tuple(HoldId(UUID(int=0xB000 + number)) for number in range(8))
UNKNOWN_CARD = CardId(UUID(int=0xCFFF))

USER_ACCOUNTS = tuple(Account.of_user(user, asset) for asset in (USD, GEM) for user in USERS)
OTHER_ACCOUNTS = tuple(
    account
    for asset in (USD, GEM)
    for account in (Account.external(asset), Account.of_platform(PlatformRole.COMMISSION, asset))
)

FIRST_BOOK = Book(cards={card: Possession(USERS[0]) for card in CARDS})
"""The book that every walk begins with: no money yet, and the first user has all cards."""


def one_in(odds: int) -> st.SearchStrategy[bool]:
    return st.sampled_from([False] * (odds - 1) + [True])


odd_amounts = st.sampled_from([0, -1, 61, 100, MAX_AMOUNT, MAX_AMOUNT + 1])
moments = st.integers(-1, 4).map(lambda seconds: NOON + timedelta(seconds=seconds))


def available(book: Book, account: Account) -> int:
    return book.balances.get(account, Balance()).available


@st.composite
def affordable(draw: st.DrawFn, book: Book) -> tuple[Account, int]:
    """An account and an amount that it has, or another one now and then."""
    able = [account for account in USER_ACCOUNTS if available(book, account)]
    if not able or draw(one_in(10)):
        return draw(st.sampled_from(USER_ACCOUNTS)), draw(st.integers(1, 60) | odd_amounts)
    account = draw(st.sampled_from(able))
    return account, draw(st.integers(1, available(book, account)))


def another(account: Account) -> st.SearchStrategy[Account]:
    """An account of the same asset."""
    return st.sampled_from(
        [
            other
            for other in USER_ACCOUNTS + OTHER_ACCOUNTS
            if other.asset == account.asset and other != account
        ]
    )


@st.composite
def deposits(draw: st.DrawFn) -> MoveMoney:
    taker = draw(st.sampled_from(USER_ACCOUNTS))
    amount = Money(draw(st.integers(1, 200)), taker.asset)
    return MoveMoney(Account.external(taker.asset), taker, amount)


@st.composite
def transfers(draw: st.DrawFn, book: Book) -> MoveMoney:
    giver, amount = draw(affordable(book))
    taker = draw(st.sampled_from(USER_ACCOUNTS) if draw(one_in(8)) else another(giver))
    return MoveMoney(giver, taker, Money(amount, giver.asset))


@st.composite
def card_moves(draw: st.DrawFn, book: Book) -> MoveCard:
    free = [card for card in CARDS if book.cards[card].hold is None]
    card = UNKNOWN_CARD if draw(one_in(20)) else draw(st.sampled_from(free or CARDS))
    card = draw(st.sampled_from(CARDS)) if draw(one_in(4)) else card
    owner = book.cards[card].owner if card in book.cards else USERS[0]
    giver = draw(st.sampled_from(USERS)) if draw(one_in(10)) else owner
    return MoveCard(card, giver, draw(st.sampled_from(USERS)))


@st.composite
def new_holds(draw: st.DrawFn, book: Book) -> Hold:
    subject: HeldMoney | HeldCard
    if draw(st.booleans()):
        subject = HeldMoney(*draw(affordable(book)))
    else:
        card_move = draw(card_moves(book))
        subject = HeldCard(card_move.card, card_move.giver)
    fresh = [hold for hold in HOLDS if hold not in book.holds]
    return Hold(
        id=draw(st.sampled_from(HOLDS if draw(one_in(4)) else fresh or HOLDS)),
        purpose=draw(st.sampled_from(HoldPurpose)),
        subject=subject,
        expires_at=draw(st.none() | moments),
    )


@st.composite
def known_holds(draw: st.DrawFn, book: Book) -> Hold:
    """One that is on the book, mostly an open one, or a mistaken idea of it."""
    still_open = [hold for hold in book.holds.values() if hold.remaining]
    known = list(book.holds.values())
    if not known or draw(one_in(12)):
        return draw(new_holds(book))
    return draw(st.sampled_from(known if draw(one_in(6)) else still_open or known))


@st.composite
def captures(draw: st.DrawFn, book: Book) -> CaptureHold:
    hold = draw(known_holds(book))
    if draw(one_in(15)):
        return CaptureHold(hold, draw(transfers(book) | card_moves(book)))
    if isinstance(hold.subject, HeldCard):
        taker = draw(st.sampled_from(USERS))
        return CaptureHold(hold, MoveCard(hold.subject.card, hold.subject.owner, taker))
    giver = hold.subject.account
    highest = max(hold.remaining, 1) + 5 * draw(one_in(3))
    amount = draw(st.just(highest) | st.integers(1, highest))
    return CaptureHold(hold, MoveMoney(giver, draw(another(giver)), Money(amount, giver.asset)))


def moves(book: Book) -> st.SearchStrategy[Move]:
    of_money = [deposits(), deposits(), transfers(book), transfers(book)]
    placing = [card_moves(book), new_holds(book).map(PlaceHold), new_holds(book).map(PlaceHold)]
    closing = [
        captures(book),
        captures(book),
        known_holds(book).map(ReleaseHold),
        known_holds(book).map(ExpireHold),
    ]
    return st.one_of(*of_money, *placing, *(closing if book.holds else []))


@st.composite
def settlements(draw: st.DrawFn, book: Book, ids: st.SearchStrategy[UUID]) -> Settlement:
    """A settlement of few moves, and sometimes more: most can succeed, many must not."""
    size = draw(st.sampled_from([1, 1, 1, 1, 2, 2, 3, 5]))
    drawn = tuple(draw(moves(book)) for _ in range(size))
    purpose = draw(st.sampled_from(["test.one", "test.two"]))
    return Settlement(SettlementId(draw(ids)), purpose, drawn)
