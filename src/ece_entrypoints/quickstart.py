"""A minimal exchange in memory, to try ECE as a library."""

from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import uuid4

from ece_adapters.memory.engine.database import MemoryDatabase
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
from ece_domain.kernel import USD, Money, Rate
from ece_domain.ledger import Account, MoveMoney, Settlement, SettlementId

_SAVINGS: Final = Money(100_00, USD)
_RELEASE: Final = Release(
    name="Birds",
    rarities=(RarityDefinition("rare", "Rare", 1),),
    finishes=(FinishDefinition("foil", "Foil", 1),),
)
_HERON: Final = PrintingDetails(number="1", name="Grey Heron", rarity="rare", finish="foil")
_ROYALTY: Final = Rate(20_000)


class Quickstart(NamedTuple):
    """A store with two collectors: one owns the card, the other has 100 dollars."""

    store: MemoryDatabase
    seller: UserId
    buyer: UserId
    card: CardId


async def quickstart() -> Quickstart:
    now = datetime.now(UTC)
    start = Quickstart(MemoryDatabase(), UserId(uuid4()), UserId(uuid4()), CardId(uuid4()))
    artist = UserId(uuid4())
    birds = CardSet.create(
        CardSetId(uuid4()),
        code=SetCode("birds"),
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
    async with start.store.begin() as transaction:
        transaction.card_sets.save(birds)
        transaction.printings.save(heron)
        await transaction.cards.add([card])
        transaction.ledger.settle(
            Settlement(SettlementId(uuid4()), "ledger.deposit", (savings,)), now
        )
    return start
