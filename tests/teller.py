"""The ledger's use cases over one store, for tests that need users with money."""

from datetime import timedelta
from itertools import count
from typing import Any

from attrs import define, field

from ece_adapters.system import new_id
from ece_domain import ledger
from ece_domain.cards import CardId
from ece_domain.identity import Actor, EmailAddress, Handle, PasswordHash, Role, User, UserId
from ece_domain.kernel import (
    ALL_TIME,
    USD,
    IdempotencyKey,
    IdempotentResult,
    Money,
    NewId,
    PageRequest,
    TimeRange,
)
from ece_domain.ledger import HoldId, HoldPurpose
from tests.clock import SettableClock
from tests.contract.ledger.stores import Store, mint


def dollars(cents: int) -> Money:
    return Money(cents, USD)


@define
class Teller:
    """Calls use cases as an operator, with a new key unless one is given."""

    database: Store
    clock: SettableClock
    new_id: NewId = new_id
    id: UserId = field(factory=lambda: UserId(new_id()))
    _numbers: Any = field(factory=lambda: count(1))

    @property
    def _ports(self) -> dict[str, Any]:
        return {"begin": self.database.begin, "clock": self.clock, "new_id": self.new_id}

    def _operator(self, by: UserId | None) -> Actor:
        return Actor(by or self.id, Role.SERVICE)

    def key(self, name: str | None = None) -> IdempotencyKey:
        return IdempotencyKey(name or f"key-{next(self._numbers)}")

    async def someone(self, cents: int = 0) -> UserId:
        """A user, with money if asked for."""
        user = User.register(
            UserId(new_id()),
            email=EmailAddress(f"user{(number := next(self._numbers))}@example.com"),
            handle=Handle(f"user{number}"),
            password_hash=PasswordHash("unusable"),
            role=Role.COLLECTOR,
            now=self.clock(),
        )
        async with self.database.begin() as transaction:
            transaction.users.save(user)
        if cents:
            await self.deposit(user.id, cents)
        return user.id

    async def deposit(
        self, to: UserId, cents: int, key: str | None = None, by: UserId | None = None
    ) -> IdempotentResult[ledger.SettlementReceipt]:
        return await ledger.Deposit(**self._ports)(
            destination=to, money=dollars(cents), actor=self._operator(by), key=self.key(key)
        )

    async def withdraw(
        self, owner: UserId, cents: int, key: str | None = None, by: UserId | None = None
    ) -> IdempotentResult[ledger.SettlementReceipt]:
        return await ledger.Withdraw(**self._ports)(
            owner_id=owner, money=dollars(cents), actor=self._operator(by), key=self.key(key)
        )

    async def transfer(
        self, giver: UserId, taker: UserId, cents: int, key: str | None = None
    ) -> IdempotentResult[ledger.SettlementReceipt]:
        return await ledger.Transfer(**self._ports)(
            source=giver, destination=taker, money=dollars(cents), key=self.key(key)
        )

    async def hold(
        self,
        owner: UserId,
        cents: int,
        *,
        purpose: HoldPurpose = HoldPurpose.RESERVATION,
        minutes: float | None = None,
        key: str | None = None,
        by: UserId | None = None,
    ) -> IdempotentResult[ledger.Hold]:
        """A hold; ``minutes`` is the time to its expiry, None for none."""
        expires_at = None if minutes is None else self.clock() + timedelta(minutes=minutes)
        return await ledger.PlaceMoneyHold(**self._ports)(
            owner_id=owner,
            money=dollars(cents),
            purpose=purpose,
            expires_at=expires_at,
            actor=self._operator(by),
            key=self.key(key),
        )

    async def capture(
        self,
        hold_id: HoldId,
        cents: int,
        taker: UserId | None,
        key: str | None = None,
        by: UserId | None = None,
    ) -> IdempotentResult[ledger.SettlementReceipt]:
        return await ledger.CaptureMoneyHold(**self._ports)(
            hold_id=hold_id,
            money=dollars(cents),
            destination=taker,
            actor=self._operator(by),
            key=self.key(key),
        )

    async def release(
        self, hold_id: HoldId, key: str | None = None, by: UserId | None = None
    ) -> IdempotentResult[ledger.Hold]:
        return await ledger.ReleaseMoneyHold(**self._ports)(
            hold_id=hold_id, actor=self._operator(by), key=self.key(key)
        )

    async def expire(self) -> int:
        return await ledger.ExpireHolds(**self._ports)()

    async def account(self, owner: UserId) -> ledger.WalletAccount:
        """The owner's account in dollars, from their wallet."""
        wallet = await self.wallet(owner)
        (account,) = wallet.accounts
        return account

    async def wallet(self, owner: UserId) -> ledger.Wallet:
        read = ledger.GetWallet(self.database.begin)
        return await read(owner_id=owner, actor=Actor(owner, Role.COLLECTOR))

    async def statement(
        self, owner: UserId, page: PageRequest | None = None, settled: TimeRange = ALL_TIME
    ) -> tuple[ledger.StatementLine, ...]:
        read = ledger.ListStatementLines(self.database.begin)
        found = await read(
            owner_id=owner,
            asset=USD,
            page=page or PageRequest(),
            settled=settled,
            actor=Actor(owner, Role.COLLECTOR),
        )
        return found.items

    async def listed_card(self, owner: UserId) -> HoldId:
        """A new card of the owner, on hold for an hour as by a listing."""
        card, hold_id = CardId(new_id()), HoldId(new_id())
        await mint(self.database, owner, card)
        hold = ledger.Hold(
            id=hold_id,
            deal=ledger.Deal("market", hold_id),
            purpose=HoldPurpose.LISTING,
            subject=ledger.HeldCard(card, owner),
            expires_at=self.clock() + timedelta(hours=1),
        )
        settlement = ledger.Settlement(
            ledger.SettlementId(new_id()), "market.list", (ledger.PlaceHold(hold),)
        )
        async with self.database.begin() as transaction:
            transaction.ledger.settle(settlement, self.clock())
        return hold_id
