"""Hypothesis strategies of settlements with few names, so that they conflict and repeat."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from attrs import frozen
from hypothesis import strategies as st

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import MAX_AMOUNT, USD, Asset, Money
from ece_domain.ledger import (
    OPERATOR_PARTY,
    Account,
    AccountKind,
    CaptureHold,
    Deal,
    ExpireHold,
    HeldCard,
    HeldMoney,
    Hold,
    HoldId,
    HoldPurpose,
    Move,
    MoveCard,
    MoveMoney,
    PayoutLine,
    PlaceHold,
    PlatformRole,
    ReleaseHold,
    Settlement,
    SettlementId,
)
from ece_domain.ledger.storage import Balance, Book, CardOwnership

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
GEM = Asset("GEM", 0)

USERS = tuple(UserId(UUID(int=0xA000 + number)) for number in range(3))
CARDS = tuple(CardId(UUID(int=0xC000 + number)) for number in range(3))
HOLDS = tuple(HoldId(UUID(int=0xB000 + number)) for number in range(8))
UNKNOWN_CARD = CardId(UUID(int=0xCFFF))
DEAL = Deal("test", UUID(int=0xDEA1))
"""The deal of holds in tests; their settlements have purposes such as ``test.pay``."""
ESCROWS = tuple(Account.escrow(UUID(int=0xE000 + number), USD) for number in range(2))
PARTIES = (OPERATOR_PARTY, "provider")

USER_ACCOUNTS = tuple(Account.of_user(user, asset) for asset in (USD, GEM) for user in USERS)
KEPT_ACCOUNTS = USER_ACCOUNTS + ESCROWS
OTHER_ACCOUNTS = tuple(
    account
    for asset in (USD, GEM)
    for account in (
        *(Account.external(asset, party) for party in PARTIES),
        Account.of_platform(PlatformRole.COMMISSION, asset),
    )
)
PLATFORM_ACCOUNTS = tuple(
    account for account in OTHER_ACCOUNTS if account.kind is AccountKind.PLATFORM
)

FIRST_BOOK = Book(cards={card: CardOwnership(USERS[0]) for card in CARDS})
"""The first book of every run: no money, and the first user owns all cards."""


@cache
def one_in(odds: int) -> st.SearchStrategy[bool]:
    return st.sampled_from([False] * (odds - 1) + [True])


# What is drawn for every step of long walks is made once, and not for each draw.
_users = st.sampled_from(USERS)
_cards = st.sampled_from(CARDS)
_holds = st.sampled_from(HOLDS)
_accounts = st.sampled_from(KEPT_ACCOUNTS)
_platform_accounts = st.sampled_from(PLATFORM_ACCOUNTS)
_amounts = st.integers(1, 60) | st.sampled_from([0, -1, 61, 100, MAX_AMOUNT, MAX_AMOUNT + 1])
_deposited = st.integers(1, 200)
_parties = st.sampled_from(PARTIES)
_purposes = st.sampled_from(HoldPurpose)
_expiries = st.sampled_from([None, *(NOON + timedelta(seconds=n) for n in range(-1, 5))])
_sizes = st.sampled_from([1, 1, 1, 1, 2, 2, 3, 5])
_contexts = st.sampled_from(["ledger", "market"])
_acts = st.sampled_from(["one", "two"])


@frozen
class Seen:
    """The inputs of the strategies: the current book, and the context that settles."""

    book: Book
    context: str


PAYOUT_LINES = st.lists(
    st.builds(
        PayoutLine,
        st.sampled_from([account for account in USER_ACCOUNTS if account.asset == USD]),
        st.integers(1, 12),
    ),
    min_size=1,
    max_size=5,
).map(tuple)
"""Small amounts, which an escrow account can often pay, and often not."""


@st.composite
def settlements(draw: st.DrawFn, book: Book, ids: st.SearchStrategy[UUID]) -> Settlement:
    """A settlement of few moves, sometimes more; many must be refused."""
    context = draw(_contexts)
    seen = Seen(book, context)
    moves = tuple(_move(draw, seen) for _ in range(draw(_sizes)))
    return Settlement(SettlementId(draw(ids)), f"{context}.{draw(_acts)}", moves)


def _move(draw: st.DrawFn, seen: Seen) -> Move:
    return draw(_kinds_of_moves(can_close=bool(seen.book.holds)))(draw, seen)


def _deposit(draw: st.DrawFn, _: Seen) -> MoveMoney:
    taker = draw(_accounts)
    amount = Money(draw(_deposited), taker.asset)
    return MoveMoney(Account.external(taker.asset, draw(_parties)), taker, amount)


def _transfer(draw: st.DrawFn, seen: Seen) -> MoveMoney:
    giver, amount = _affordable(draw, seen.book, KEPT_ACCOUNTS + PLATFORM_ACCOUNTS)
    if draw(one_in(20)):
        giver, amount = draw(_platform_accounts), draw(_amounts)
    taker = draw(_accounts if draw(one_in(8)) else _another(giver))
    return MoveMoney(giver, taker, Money(amount, giver.asset))


def _move_card(draw: st.DrawFn, seen: Seen) -> MoveCard:
    book = seen.book
    free = [card for card in CARDS if book.cards[card].hold_id is None]
    card = UNKNOWN_CARD if draw(one_in(20)) else draw(st.sampled_from(free or CARDS))
    card = draw(_cards) if draw(one_in(4)) else card
    owner = book.cards[card].owner_id if card in book.cards else USERS[0]
    giver = draw(_users) if draw(one_in(10)) else owner
    return MoveCard(card, giver, draw(_users))


def _place(draw: st.DrawFn, seen: Seen) -> PlaceHold:
    return PlaceHold(_new_hold(draw, seen))


def _capture(draw: st.DrawFn, seen: Seen) -> CaptureHold:
    hold = _known_hold(draw, seen)
    if draw(one_in(15)):
        return CaptureHold(hold, draw(st.sampled_from([_transfer, _move_card]))(draw, seen))
    if isinstance(hold.subject, HeldCard):
        return CaptureHold(
            hold, MoveCard(hold.subject.card_id, hold.subject.owner_id, draw(_users))
        )
    giver = hold.subject.account
    highest = max(hold.remaining, 1) + 5 * draw(one_in(3))
    amount = highest if draw(st.booleans()) else draw(st.integers(1, highest))
    return CaptureHold(hold, MoveMoney(giver, draw(_another(giver)), Money(amount, giver.asset)))


def _release(draw: st.DrawFn, seen: Seen) -> ReleaseHold:
    return ReleaseHold(_known_hold(draw, seen))


def _expire(draw: st.DrawFn, seen: Seen) -> ExpireHold:
    return ExpireHold(_known_hold(draw, seen))


@cache
def _kinds_of_moves(*, can_close: bool) -> st.SearchStrategy[Callable[[st.DrawFn, Seen], Move]]:
    opening = [_deposit, _deposit, _transfer, _transfer, _move_card, _place, _place]
    closing = [_capture, _capture, _release, _expire]
    return st.sampled_from([*opening, *(closing if can_close else [])])


def _affordable(draw: st.DrawFn, book: Book, accounts: tuple[Account, ...]) -> tuple[Account, int]:
    """An account and an amount that it has, sometimes another amount."""
    able = [account for account in accounts if _available(book, account)]
    if not able or draw(one_in(10)):
        return draw(_accounts), draw(_amounts)
    account = draw(st.sampled_from(able))
    return account, draw(st.integers(1, _available(book, account)))


def _available(book: Book, account: Account) -> int:
    return book.balances.get(account, Balance()).available


@cache
def _another(account: Account) -> st.SearchStrategy[Account]:
    """An account of the same asset."""
    return st.sampled_from(
        [
            other
            for other in KEPT_ACCOUNTS + OTHER_ACCOUNTS
            if other.asset == account.asset and other != account
        ]
    )


def _new_hold(draw: st.DrawFn, seen: Seen) -> Hold:
    book = seen.book
    subject: HeldMoney | HeldCard
    if draw(st.booleans()):
        subject = HeldMoney(*_affordable(draw, book, USER_ACCOUNTS))
    else:
        card_move = _move_card(draw, seen)
        subject = HeldCard(card_move.card_id, card_move.from_owner_id)
    fresh = [hold for hold in HOLDS if hold not in book.holds]
    context = draw(_contexts) if draw(one_in(10)) else seen.context
    return Hold(
        id=draw(_holds if not fresh or draw(one_in(4)) else st.sampled_from(fresh)),
        deal=Deal(context, DEAL.id),
        purpose=draw(_purposes),
        subject=subject,
        expires_at=draw(_expiries),
    )


def _known_hold(draw: st.DrawFn, seen: Seen) -> Hold:
    """Mostly an open hold of the context that settles; else any, or one with wrong fields."""
    known = list(seen.book.holds.values())
    if not known or draw(one_in(12)):
        return _new_hold(draw, seen)
    own = [hold for hold in known if hold.remaining and hold.deal.context == seen.context]
    return draw(st.sampled_from(known if draw(one_in(6)) else own or known))
