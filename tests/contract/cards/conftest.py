"""Fixtures: an exchange with an admin, an issuer with a small set, and a collector."""

from uuid import uuid4

import pytest
from attrs import define, field

from ece_adapters.system import new_id
from ece_domain import cards
from ece_domain.cards import (
    CardSet,
    FinishDefinition,
    Minted,
    Printing,
    PrintingDetails,
    RarityDefinition,
    Release,
    SetCode,
)
from ece_domain.identity import Actor, EmailAddress, Handle, PasswordHash, Role, User, UserId
from ece_domain.kernel import IdempotencyKey, PageRequest
from ece_domain.ledger import (
    HeldCard,
    Hold,
    HoldId,
    HoldPurpose,
    Move,
    MoveCard,
    PlaceHold,
    Settlement,
    SettlementId,
)
from tests.clock import SettableClock
from tests.contract.conftest import Database
from tests.strategies.ledger import DEAL

RELEASE = Release(
    name="Moonlit Coast",
    rarities=(RarityDefinition("common", "Common", 1), RarityDefinition("rare", "Rare", 5)),
    finishes=(FinishDefinition("plain", "Plain", 1), FinishDefinition("foil", "Foil", 2)),
)


def printing_details(
    number: str = "001", name: str = "Tide Wyrm", **more: object
) -> PrintingDetails:
    given = {"rarity": "common", "finish": "plain", **more}
    return PrintingDetails(number=number, name=name, **given)


@define
class World:
    """The use cases and users of the tests of cards, with a clock that tests set."""

    database: Database
    clock: SettableClock
    admin: UserId = field(factory=lambda: UserId(new_id()))
    issuer: UserId = field(factory=lambda: UserId(new_id()))
    ann: UserId = field(factory=lambda: UserId(new_id()))

    @property
    def as_admin(self) -> Actor:
        return Actor(self.admin, Role.ADMIN)

    @property
    def as_issuer(self) -> Actor:
        return Actor(self.issuer, Role.COLLECTOR)

    @property
    def as_ann(self) -> Actor:
        return Actor(self.ann, Role.COLLECTOR)

    async def settle_in(self) -> "World":
        roles = {"boss": Role.ADMIN, "issuer": Role.COLLECTOR, "ann": Role.COLLECTOR}
        ids = (self.admin, self.issuer, self.ann)
        for user_id, (name, role) in zip(ids, roles.items(), strict=True):
            await self.sign_up(name, role, user_id)
        return self

    async def sign_up(self, name: str, role: Role, user_id: UserId | None = None) -> UserId:
        user = User.register(
            user_id or UserId(new_id()),
            email=EmailAddress(f"{name}@example.com"),
            handle=Handle(name),
            password_hash=PasswordHash("none"),
            role=role,
            now=self.clock(),
        )
        async with self.database.begin() as transaction:
            transaction.users.save(user)
        return user.id

    async def create_set(self, code: str = "moonlit", release: Release = RELEASE) -> CardSet:
        create = cards.CreateCardSet(self.database.begin, self.clock, new_id)
        created = await create(
            code=SetCode(code), release=release, issuer_id=self.issuer, actor=self.as_admin
        )
        return created.value

    async def add(
        self, details: PrintingDetails, code: str = "moonlit", **more: object
    ) -> Printing:
        add = cards.AddPrinting(self.database.begin, self.clock, new_id)
        added = await add(card_set=SetCode(code), details=details, actor=self.as_issuer, **more)
        return added.value

    async def mint(self, printing: Printing, copies: int, **more: object) -> Minted:
        mint = cards.MintCards(self.database.begin, self.clock, new_id)
        given = {
            "owner_id": self.ann,
            "actor": self.as_issuer,
            "key": IdempotencyKey(str(uuid4())),
            **more,
        }
        return (await mint(printing_id=printing.id, copies=copies, **given)).value

    async def a_card(self) -> cards.CardView:
        await self.create_set()
        printing = await self.add(printing_details())
        await self.mint(printing, 1)
        return (await self.cards_of(self.ann))[0]

    async def cards_of(self, owner: UserId) -> tuple[cards.CardView, ...]:
        search = cards.SearchCards(self.database.begin)
        found = await search(filter=cards.CardFilter(owner_id=owner), page=PageRequest(100))
        return found.items

    async def set_aside(self, card: cards.CardView) -> None:
        held = HeldCard(card.id, card.owner_id)
        hold = Hold(id=HoldId(new_id()), deal=DEAL, purpose=HoldPurpose.LISTING, subject=held)
        await self.settle(PlaceHold(hold))

    async def give(self, card: cards.CardView, taker: UserId) -> None:
        await self.settle(MoveCard(card.id, card.owner_id, taker))

    async def settle(self, *moves: Move) -> None:
        async with self.database.begin() as transaction:
            settlement = Settlement(SettlementId(new_id()), "test.move", moves)
            transaction.ledger.settle(settlement, self.clock())


@pytest.fixture
async def world(database: Database, clock: SettableClock) -> World:
    return await World(database, clock).settle_in()
