"""The market's use cases over one store, with cards to list and users with money."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from attrs import define, field

from ece_adapters.system import new_id
from ece_domain import market
from ece_domain.cards import (
    Card,
    CardId,
    CardSet,
    CardSetId,
    Condition,
    FinishDefinition,
    Grade,
    Printing,
    PrintingDetails,
    PrintingId,
    RarityDefinition,
    Release,
    SetCode,
)
from ece_domain.identity import Actor, EmailAddress, Handle, PasswordHash, Role, User, UserId
from ece_domain.kernel import (
    USD,
    IdempotencyKey,
    IdempotentResult,
    Money,
    NewId,
    Page,
    PageRequest,
    Rate,
    Reason,
)
from ece_domain.ledger import Account, MoveMoney, Settlement, SettlementId
from ece_domain.market import (
    Listing,
    ListingFilter,
    ListingsExpired,
    ListingSort,
    ListingView,
    PriceChange,
    Pricing,
)
from ece_domain.sales import CURRENT_FEES, Sale
from tests.clock import SettableClock
from tests.contract.conftest import Database

REASON = Reason("A copy that does not exist")


def usd(cents: int) -> Money:
    return Money(cents, USD)


def user() -> UserId:
    return UserId(new_id())


@define
class Stall:
    """Calls use cases of the market, with a new key unless one is given."""

    database: Database
    clock: SettableClock
    new_id: NewId = new_id
    issuer: UserId = field(factory=user)
    creator: UserId = field(factory=user)
    _numbers: Any = field(factory=lambda: count(1))

    @property
    def _ports(self) -> dict[str, Any]:
        return {"begin": self.database.begin, "clock": self.clock}

    def key(self, name: str | None = None) -> IdempotencyKey:
        return IdempotencyKey(name or f"key-{next(self._numbers)}")

    async def register(self, user_id: UserId, handle: str) -> None:
        """Register a user; most tests of the market need no registered user."""
        registered = User.register(
            user_id,
            email=EmailAddress(f"{handle}@example.com"),
            handle=Handle(handle),
            password_hash=PasswordHash("unusable"),
            role=Role.COLLECTOR,
            now=self.clock(),
        )
        async with self.database.begin() as transaction:
            transaction.users.save(registered)

    async def card_set(self, code: str = "alpha", royalty_ppm: int = 50_000) -> CardSet:
        card_set = CardSet.create(
            CardSetId(new_id()),
            code=SetCode(code),
            issuer_id=self.issuer,
            creator_id=self.creator,
            royalty=Rate(royalty_ppm),
            release=Release(
                name=code.title(),
                rarities=(
                    RarityDefinition("common", "Common", 1),
                    RarityDefinition("rare", "Rare", 2),
                ),
                finishes=(
                    FinishDefinition("plain", "Plain", 1),
                    FinishDefinition("foil", "Foil", 2),
                ),
            ),
            now=self.clock(),
        )
        async with self.database.begin() as transaction:
            transaction.card_sets.save(card_set)
        return card_set

    async def printing(self, card_set: CardSet, **details: str) -> Printing:
        number = str(next(self._numbers))
        given = {"number": number, "name": "Ash Fox", "rarity": "common", "finish": "plain"}
        printing = Printing.add(
            PrintingId(new_id()),
            card_set=card_set,
            details=PrintingDetails(**{**given, **details}),
            print_run=None,
            now=self.clock(),
        )
        async with self.database.begin() as transaction:
            transaction.printings.save(printing)
        return printing

    async def card(
        self,
        owner: UserId,
        printing: Printing | None = None,
        assessment: Condition | Grade | None = None,
    ) -> CardId:
        if printing is None:
            printing = await self.printing(await self.card_set(f"set-{next(self._numbers)}"))
        card = Card(
            id=CardId(new_id()),
            printing_id=printing.id,
            serial=next(self._numbers),
            owner_id=owner,
            minted_to_id=owner,
            minted_at=self.clock(),
            updated_at=self.clock(),
            assessment=assessment,
        )
        async with self.database.begin() as transaction:
            await transaction.cards.add([card])
        return card.id

    async def someone(self, cents: int = 0) -> UserId:
        person = user()
        if cents:
            await self.pay_in(person, cents)
        return person

    async def pay_in(self, person: UserId, cents: int) -> None:
        deposit = MoveMoney(Account.external(USD), Account.of_user(person, USD), usd(cents))
        async with self.database.begin() as transaction:
            settlement = Settlement(SettlementId(new_id()), "test.deposit", (deposit,))
            transaction.ledger.settle(settlement, self.clock())

    async def balance(self, owner: UserId) -> int:
        async with self.database.begin() as transaction:
            return await transaction.books.balance_of(Account.of_user(owner, USD))

    async def owner(self, card: CardId) -> UserId:
        async with self.database.begin() as transaction:
            return (await transaction.cards.get(card)).owner_id

    async def is_held(self, card: CardId) -> bool:
        async with self.database.begin() as transaction:
            return (await transaction.cards.get(card)).is_held

    async def answer_list(
        self,
        card: CardId,
        seller: UserId,
        pricing: Pricing | int = 1000,
        *,
        expires_at: datetime | None = None,
        key: str | None = None,
    ) -> IdempotentResult[Listing]:
        create_listing = market.CreateListing(**self._ports, new_id=self.new_id, fees=CURRENT_FEES)
        return await create_listing(
            card_id=card,
            seller_id=seller,
            pricing=pricing if isinstance(pricing, Pricing) else Pricing(usd(pricing)),
            expires_at=expires_at,
            key=self.key(key),
        )

    async def listing(
        self,
        seller: UserId,
        pricing: Pricing | int = 1000,
        *,
        card: CardId | None = None,
        printing: Printing | None = None,
        minutes: float | None = None,
    ) -> Listing:
        """A new card of the seller's, listed; it expires in so many minutes if any are given."""
        expires_at = None if minutes is None else self.clock() + timedelta(minutes=minutes)
        card = card or await self.card(seller, printing)
        return (await self.answer_list(card, seller, pricing, expires_at=expires_at)).value

    async def buy(
        self,
        listing: Listing,
        buyer: UserId,
        *,
        max_price: Money | None = None,
        key: str | None = None,
    ) -> IdempotentResult[Sale]:
        buy = market.BuyListing(**self._ports, new_id=self.new_id, fees=CURRENT_FEES)
        return await buy(
            listing_id=listing.id, buyer_id=buyer, max_price=max_price, key=self.key(key)
        )

    async def cancel(
        self, listing: Listing, seller: UserId, key: str | None = None
    ) -> IdempotentResult[Listing]:
        cancel = market.CancelListing(**self._ports, new_id=self.new_id)
        return await cancel(listing_id=listing.id, seller_id=seller, key=self.key(key))

    async def take_down(
        self, listing: Listing, moderator: UserId, key: str | None = None
    ) -> IdempotentResult[Listing]:
        take_down = market.TakeDownListing(**self._ports, new_id=self.new_id)
        actor = Actor(moderator, Role.MODERATOR)
        return await take_down(listing_id=listing.id, reason=REASON, actor=actor, key=self.key(key))

    async def reprice(self, listing: Listing, pricing: Pricing | int, **other: Any) -> Listing:
        reprice = market.ChangeListingPrice(**self._ports, fees=CURRENT_FEES)
        facts = {"seller_id": listing.seller_id, "expected_version": listing.version, **other}
        wanted = pricing if isinstance(pricing, Pricing) else Pricing(usd(pricing))
        return await reprice(listing_id=listing.id, change=PriceChange.to(wanted), **facts)

    async def sweep(self, batch_size: int = 50) -> ListingsExpired:
        expire = market.ExpireListings(**self._ports, new_id=self.new_id, batch_size=batch_size)
        return await expire()

    async def expire(self) -> int:
        return (await self.sweep()).expired_count

    async def show(self, listing: Listing) -> ListingView:
        return await market.GetListing(**self._ports)(listing_id=listing.id)

    async def browse(
        self,
        sort: ListingSort = ListingSort.NEWEST,
        page: PageRequest | None = None,
        **wanted: Any,
    ) -> Page[ListingView]:
        browse = market.SearchListings(**self._ports)
        return await browse(filter=ListingFilter(**wanted), sort=sort, page=page or PageRequest())

    async def events(self) -> list[str]:
        """The kinds of all events so far, in their order."""
        async with self.database.begin() as transaction:
            return [
                kind
                for kind in await kinds_of(transaction)
                if kind.startswith(("market.", "sales."))
            ]


async def kinds_of(transaction: Any) -> list[str]:
    if hasattr(transaction, "_database"):
        return [published.event.kind for published in transaction._database.outbox]
    rows = await transaction.unit.fetch("SELECT kind FROM outbox ORDER BY number")
    return [row["kind"] for row in rows]
