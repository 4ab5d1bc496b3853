"""A small book, and every error of the book for a single move."""

from datetime import timedelta
from uuid import UUID

from attrs import evolve

from ece_domain.cards import CardId, CardNotFound
from ece_domain.kernel import USD, DomainError, Money
from ece_domain.ledger import (
    Account,
    CaptureHold,
    CardAlreadyHeld,
    CardNotOwned,
    ExpireHold,
    HeldCard,
    HeldMoney,
    Hold,
    HoldAlreadyPlaced,
    HoldExceeded,
    HoldId,
    HoldNotExpired,
    HoldNotFound,
    HoldPurpose,
    InsufficientFunds,
    Move,
    MoveCard,
    MoveMoney,
    PlaceHold,
    PlatformRole,
    ReleaseHold,
)
from ece_domain.ledger.storage import Balance, Book, CardOwnership
from tests.strategies.ledger import DEAL, GEM, NOON, USERS

ANNA, BELA, _ = USERS
ANNAS, BELAS = Account.of_user(ANNA, USD), Account.of_user(BELA, USD)
HOUSE, WORLD = Account.of_platform(PlatformRole.COMMISSION, USD), Account.external(USD)
CARD = CardId(UUID(int=9))
EXPIRY = NOON + timedelta(hours=1)
BID = Hold(
    id=HoldId(UUID(int=5)),
    deal=DEAL,
    purpose=HoldPurpose.BID,
    subject=HeldMoney(ANNAS, 50),
    expires_at=EXPIRY,
)
LISTING = Hold(
    id=HoldId(UUID(int=6)),
    deal=DEAL,
    purpose=HoldPurpose.LISTING,
    subject=HeldCard(CARD, ANNA),
)
BOOK = Book(
    balances={ANNAS: Balance(100, 50)},
    holds={BID.id: BID, LISTING.id: LISTING},
    cards={CARD: CardOwnership(ANNA, LISTING.id)},
)


def pay(giver: Account, taker: Account, amount: int) -> MoveMoney:
    return MoveMoney(giver, taker, Money(amount, USD))


ELSEWHERE = CardId(UUID(int=10))
ON_GEMS = evolve(BID, subject=HeldMoney(Account.of_user(ANNA, GEM), 50))
REFUSALS: dict[str, tuple[Move, type[DomainError]]] = {
    "no such hold": (ReleaseHold(evolve(BID, id=HoldId(UUID(int=8)))), HoldNotFound),
    "a hold on another account": (ReleaseHold(ON_GEMS), HoldNotFound),
    "a hold on a card": (ReleaseHold(evolve(BID, id=LISTING.id)), HoldNotFound),
    "too early to expire": (ExpireHold(BID), HoldNotExpired),
    "never expires": (ExpireHold(LISTING), HoldNotExpired),
    "more than is held": (CaptureHold(BID, pay(ANNAS, BELAS, 51)), HoldExceeded),
    "more than is available": (pay(ANNAS, BELAS, 51), InsufficientFunds),
    "not a card that is held": (
        ReleaseHold(evolve(LISTING, subject=HeldCard(ELSEWHERE, ANNA))),
        HoldNotFound,
    ),
    "a card that another held": (
        ReleaseHold(evolve(LISTING, subject=HeldCard(CARD, BELA))),
        HoldNotFound,
    ),
    "more held than is available": (
        PlaceHold(evolve(BID, id=HoldId(UUID(int=8)), subject=HeldMoney(ANNAS, 51))),
        InsufficientFunds,
    ),
    "a card held twice": (PlaceHold(evolve(LISTING, id=HoldId(UUID(int=8)))), CardAlreadyHeld),
    "nothing there": (pay(BELAS, ANNAS, 1), InsufficientFunds),
    "no such card": (MoveCard(ELSEWHERE, ANNA, BELA), CardNotFound),
    "somebody else's card": (MoveCard(CARD, BELA, ANNA), CardNotOwned),
    "a card under a hold": (MoveCard(CARD, ANNA, BELA), CardAlreadyHeld),
    "a hold's id that is taken": (
        PlaceHold(evolve(BID, subject=HeldMoney(ANNAS, 1))),
        HoldAlreadyPlaced,
    ),
}
