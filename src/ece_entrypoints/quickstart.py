"""A minimal exchange in any store, to try ECE as a library."""

from datetime import UTC, datetime
from typing import Final, NamedTuple, Protocol
from uuid import uuid4

from ece_adapters.storage.store_transaction import StoreTransaction
from ece_domain.cards import (
    Card,
    CardId,
    CardSet,
    CardSetId,
    FinishDefinition,
    Printing,
    PrintingDetails,
    PrintingId,
    RarityDefinition,
    Release,
    SetCode,
)
from ece_domain.identity import UserId
from ece_domain.kernel import USD, Begin, Money, Rate
from ece_domain.ledger import Account, MoveMoney, Settlement, SettlementId

_SAVINGS: Final = Money(100_00, USD)
_RELEASE: Final = Release(
    name="Birds",
    rarities=(RarityDefinition("rare", "Rare", 1),),
    finishes=(FinishDefinition("foil", "Foil", 1),),
)
_HERON: Final = PrintingDetails(number="1", name="Grey Heron", rarity="rare", finish="foil")
_ROYALTY: Final = Rate(20_000)


class Store(Protocol):
    """A ``MemoryDatabase``, or a ``PostgresDatabase`` that is open."""

    @property
    def begin(self) -> Begin[StoreTransaction]: ...


class Quickstart(NamedTuple):
    """Two collectors: one owns the card, the other has 100 dollars."""

    seller: UserId
    buyer: UserId
    card: CardId


async def quickstart(store: Store) -> Quickstart:
    """Store a set, a card and money. Each call adds new ones."""
    now = datetime.now(UTC)
    start = Quickstart(UserId(uuid4()), UserId(uuid4()), CardId(uuid4()))
    artist = UserId(uuid4())
    birds = CardSet.create(
        CardSetId(uuid4()),
        code=SetCode(f"birds-{uuid4().hex[:12]}"),
        issuer_id=artist,
        creator_id=artist,
        royalty=_ROYALTY,
        release=_RELEASE,
        now=now,
    )
    heron, (serial,) = Printing.add(
        PrintingId(uuid4()), card_set=birds, details=_HERON, print_run=99, now=now
    ).mint(1, owner_id=start.seller, now=now)
    card = Card.mint(
        start.card, printing_id=heron.id, serial=serial, owner_id=start.seller, now=now
    )
    savings = MoveMoney(Account.external(USD), Account.of_user(start.buyer, USD), _SAVINGS)
    async with store.begin() as transaction:
        transaction.card_sets.save(birds)
        transaction.printings.save(heron)
        await transaction.cards.add([card])
        transaction.ledger.settle(
            Settlement(SettlementId(uuid4()), "ledger.deposit", (savings,)), now
        )
    return start
