"""A ledger with settlements of every kind, most of them closed."""

from ece_domain.cards import CardId
from ece_domain.kernel import USD
from ece_domain.ledger import (
    Account,
    CaptureHold,
    CloseBooks,
    HeldCard,
    HeldMoney,
    Hold,
    HoldId,
    HoldPurpose,
    MoveCard,
    MoveMoney,
    PlaceHold,
    PlatformRole,
)
from tests.strategies.ledger import DEAL, NOON

from .stores import Store, a_user, an_id, deposit, dollars, mint, settle, usd

ANNA, BELA = a_user("anna"), a_user("bela")
ANNAS, BELAS = dollars("anna"), dollars("bela")
HOUSE, WORLD = Account.of_platform(PlatformRole.COMMISSION, USD), Account.external(USD)
SOLD, LISTED = CardId(an_id("sold")), CardId(an_id("listed"))
BID = Hold(
    id=HoldId(an_id("bid")), deal=DEAL, purpose=HoldPurpose.BID, subject=HeldMoney(ANNAS, 30)
)
SALE, LISTING = (
    Hold(id=HoldId(card), deal=DEAL, purpose=HoldPurpose.LISTING, subject=HeldCard(card, ANNA))
    for card in (SOLD, LISTED)
)


async def a_day_of_trade(store: Store) -> None:
    """A deposit, a bid, a sale with a fee, a listing, and two closings."""
    await mint(store, ANNA, SOLD, LISTED)
    await settle(store, "deposit", deposit(ANNAS, 100), deposit(BELAS, 100), PlaceHold(BID))
    await settle(store, "list", PlaceHold(SALE), PlaceHold(LISTING))
    await CloseBooks(store.begin, lambda: NOON)()
    await settle(
        store,
        "sell",
        CaptureHold(SALE, MoveCard(SOLD, ANNA, BELA)),
        MoveMoney(BELAS, ANNAS, usd(45)),
        MoveMoney(BELAS, HOUSE, usd(5)),
    )
    await CloseBooks(store.begin, lambda: NOON)()
    await settle(store, "late", MoveMoney(BELAS, HOUSE, usd(3)))
