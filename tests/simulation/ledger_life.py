"""Collectors and operators: deposits, withdrawals, transfers and holds, and their invariants."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from uuid import UUID

from attrs import define, field

from ece_domain import ledger
from ece_domain.identity import Actor, Role, UserId
from ece_domain.kernel import USD, Money
from ece_domain.ledger import Account, HoldId, HoldPurpose, HoldState

from .books_watch import BooksWatch
from .process import Process
from .world import LIFETIMES, Violated, World

OPERATOR = Actor(UserId(UUID(int=1)), Role.SERVICE)


@define(eq=False)
class LedgerLife:
    """Deposits, withdrawals, transfers and holds."""

    share = 7

    world: World
    holds: list[HoldId] = field(factory=list)
    watch: BooksWatch = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.watch = BooksWatch(self.world.store.database)

    async def start(self, process: Process) -> SimpleNamespace:
        begin, clock, new_id = self.world.store.begin, self.world.clock, self.world.new_id
        return SimpleNamespace(
            deposit=ledger.Deposit(begin, clock, new_id),
            withdraw=ledger.Withdraw(begin, clock, new_id),
            transfer=ledger.Transfer(begin, clock, new_id),
            place=ledger.PlaceMoneyHold(begin, clock, new_id),
            capture=ledger.CaptureMoneyHold(begin, clock, new_id),
            release=ledger.ReleaseMoneyHold(begin, clock, new_id),
            expire_holds=ledger.ExpireHolds(begin, clock, new_id),
            close_the_books=ledger.CloseBooks(begin, clock),
        )

    async def set_up(self) -> None:
        for user in self.world.users:
            await self._deposit(user, 1_000)

    def actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (
            self.deposit,
            self.withdraw,
            self.transfer,
            self.transfer,
            self.place,
            self.place,
            self.capture,
            self.capture,
            self.release,
            self.expire,
            self.close_the_books,
        )

    async def deposit(self) -> None:
        await self._deposit(self._someone(), self.world.chance.randint(1, 300))

    async def withdraw(self) -> None:
        await self.world.ask(
            self, "withdraw", owner_id=self._someone(), money=self._some_money(), actor=OPERATOR
        )

    async def transfer(self) -> None:
        source, destination = self.world.chance.sample(self.world.users, 2)
        await self.world.ask(
            self, "transfer", source=source, destination=destination, money=self._some_money()
        )

    async def place(self) -> None:
        expires_at = self.world.clock() + timedelta(seconds=self.world.chance.choice(LIFETIMES))
        placed = await self.world.ask(
            self,
            "place",
            owner_id=self._someone(),
            money=self._some_money(),
            purpose=self.world.chance.choice((HoldPurpose.BID, HoldPurpose.PLEDGE)),
            expires_at=expires_at,
            actor=OPERATOR,
        )
        self.holds.append(placed.id)
        self.world.expires(
            placed.expires_at,
            lambda: self._is_open(placed.id),
            self.expire,
            partial(self._capture, placed.id),
            partial(self._capture, placed.id),
            partial(self._capture, placed.id),
            partial(self._release, placed.id),
        )

    async def capture(self) -> None:
        if self.holds:
            await self._capture(self._some_hold())

    async def release(self) -> None:
        if self.holds:
            await self._release(self._some_hold())

    async def expire(self) -> None:
        await self.world.call(self, "expire_holds")

    async def close_the_books(self) -> None:
        await self.world.call(self, "close_the_books")

    def check(self) -> None:
        for hold in self.watch.look():
            most = getattr(hold.subject, "amount", 1)
            if not 0 <= hold.captured <= most:
                raise Violated(f"captured more than held: {hold}")
        if self.watch.violations:
            raise Violated(str(self.watch.violations[0]))

    async def settle_down(self) -> None:
        await self.expire()
        await self.close_the_books()

    def check_at_the_end(self) -> None:
        now = self.world.clock()
        tables = self.world.store.database.ledger
        for hold in tables.holds:
            if hold.state is HoldState.OPEN and hold.is_past_expiry(now):
                raise Violated(f"stuck: {hold}")
        violations = self.watch.everything()
        if violations:
            raise Violated(str(violations[0]))
        self._check_captures()
        came_in = self._sum_of(ledger.Account.external(USD))
        inside = sum(balance.total for balance in tables.balances)
        if came_in + inside != 0:
            raise Violated(f"{came_in} came in, {inside} is there")
        self._check_acknowledged()

    def _check_acknowledged(self) -> None:
        settlements = self.world.store.database.ledger.settlements
        answered = [
            answer.id
            for answer in self.world.answers.values()
            if isinstance(answer, ledger.SettlementReceipt)
        ]
        if len(answered) != len(set(answered)):
            raise Violated("two requests were answered by one settlement")
        if not all(settlement in settlements for settlement in answered):
            raise Violated("a settlement was acknowledged, and is not there")

    def _check_captures(self) -> None:
        database = self.world.store.database
        for event in database.outbox.everything():
            if not isinstance(event, ledger.SettlementPosted):
                continue
            for posted in event.holds:
                if posted.action is not ledger.PostedHoldAction.CAPTURED:
                    continue
                hold = database.ledger.holds.get(HoldId(posted.hold_id))
                if hold is None or hold.is_past_expiry(event.occurred_at):
                    raise Violated(f"captured after its time: {hold}")

    def _sum_of(self, account: Account) -> int:
        entries = self.world.store.database.ledger.entries
        return sum(posted.entry.amount for posted in entries if posted.entry.account == account)

    async def _deposit(self, destination: UserId, cents: int) -> None:
        await self.world.ask(
            self, "deposit", destination=destination, money=Money(cents, USD), actor=OPERATOR
        )

    async def _capture(self, hold_id: HoldId) -> None:
        await self.world.ask(
            self,
            "capture",
            hold_id=hold_id,
            money=self._some_money(),
            destination=self._someone(),
            actor=OPERATOR,
        )

    async def _release(self, hold_id: HoldId) -> None:
        # A released hold is shown as it is by then, so only its effect is compared.
        await self.world.call(
            self, "release", hold_id=hold_id, actor=OPERATOR, key=self.world.key()
        )

    def _someone(self) -> UserId:
        return self.world.chance.choice(self.world.users)

    def _some_hold(self) -> HoldId:
        """A hold, preferably an open one."""
        latest = self.holds[-8:]
        still_open = [each for each in latest if self._is_open(each)]
        is_odd = not still_open or self.world.chance.random() < 0.3
        return self.world.chance.choice(latest if is_odd else still_open)

    def _is_open(self, hold_id: HoldId) -> bool:
        hold = self.world.store.database.ledger.holds.get(hold_id)
        return hold is not None and hold.remaining > 0

    def _some_money(self) -> Money:
        return Money(self.world.chance.choice((1, 40, 99, 250, 700)), USD)
