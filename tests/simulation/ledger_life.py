"""What collectors and operators do with money, and what must be true of it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from attrs import define, field

from ece_domain import ledger
from ece_domain.identity import UserId
from ece_domain.kernel import USD, Money, RequestKey
from ece_domain.ledger import Account, HoldId, HoldPurpose, HoldState

from .world import LIFETIMES, Violated, World, books_violated

OPERATOR = UserId(UUID(int=1))


@define
class LedgerLife:
    """Deposits, withdrawals, transfers and holds."""

    world: World
    holds: list[HoldId] = field(factory=list)

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
        use_case = ledger.Withdraw(self._begin, self.world.clock, self.world.new_id)
        owner, money = self._someone(), self._some_money()
        await self.world.ask(
            lambda key: use_case(owner=owner, money=money, by=OPERATOR, key=key), self.world.key()
        )

    async def transfer(self) -> None:
        use_case = ledger.Transfer(self._begin, self.world.clock, self.world.new_id)
        giver, taker = self.world.chance.sample(self.world.users, 2)
        money = self._some_money()
        await self.world.ask(
            lambda key: use_case(giver=giver, taker=taker, money=money, key=key), self.world.key()
        )

    async def place(self) -> None:
        use_case = ledger.PlaceMoneyHold(self._begin, self.world.clock, self.world.new_id)
        owner, money = self._someone(), self._some_money()
        purpose = self.world.chance.choice((HoldPurpose.BID, HoldPurpose.PLEDGE))
        expires_at = self.world.clock() + timedelta(seconds=self.world.chance.choice(LIFETIMES))
        placed = await self.world.ask(
            lambda key: use_case(
                owner=owner,
                money=money,
                purpose=purpose,
                expires_at=expires_at,
                by=OPERATOR,
                key=key,
            ),
            self.world.key(),
        )
        self.holds.append(placed.id)

    async def capture(self) -> None:
        use_case = ledger.CaptureMoneyHold(self._begin, self.world.clock, self.world.new_id)
        if self.holds:
            hold_id, taker, money = self._some_hold(), self._someone(), self._some_money()
            await self.world.ask(
                lambda key: use_case(
                    hold_id=hold_id, money=money, taker=taker, by=OPERATOR, key=key
                ),
                self.world.key(),
            )

    async def release(self) -> None:
        use_case = ledger.ReleaseMoneyHold(self._begin, self.world.clock, self.world.new_id)
        if self.holds:
            hold_id = self._some_hold()
            key = self.world.key()
            # A released hold is shown as it is by then, so only its effect is compared.
            await use_case(hold_id=hold_id, by=OPERATOR, key=key)

    async def expire(self) -> None:
        await ledger.ExpireHolds(self._begin, self.world.clock, self.world.new_id)()

    async def close_the_books(self) -> None:
        async with self.world.store.begin() as transaction:
            await transaction.books.close(self.world.clock())

    def check(self) -> None:
        violation = books_violated(self.world)
        if violation:
            raise Violated(violation)
        self._check_holds()

    async def settle_down(self) -> None:
        await self.expire()
        await self.close_the_books()

    def check_at_the_end(self) -> None:
        tables = self.world.store.database.ledger
        now = self.world.clock()
        for hold in tables.holds:
            if hold.state is HoldState.OPEN and hold.is_past_expiry(now):
                raise Violated(f"stuck: {hold}")
        self._check_captures()
        came_in = self._sum_of(ledger.Account.external(USD))
        in_wallets = sum(balance.total for balance in tables.balances)
        house = self._sum_of(Account.of_platform(ledger.PlatformRole.COMMISSION, USD))
        if came_in + in_wallets + house != 0:
            raise Violated(f"{came_in} came in, {in_wallets + house} is there")
        settled = {settlement for settlement, _ in tables.entries}
        answered = [
            answer.id
            for answer in self.world.answers.values()
            if isinstance(answer, ledger.Settled)
        ]
        if len(answered) != len(set(answered)):
            raise Violated("two requests were answered by one settlement")
        if not set(answered) <= settled:
            raise Violated("a settlement was acknowledged, and is not there")

    def _check_holds(self) -> None:
        for hold in self.world.store.database.ledger.holds:
            most = getattr(hold.subject, "amount", 1)
            if not 0 <= hold.captured <= most:
                raise Violated(f"captured more than held: {hold}")

    def _check_captures(self) -> None:
        database = self.world.store.database
        for published in database.outbox:
            if isinstance(published.event, ledger.HoldCaptured):
                hold = database.ledger.holds.get(HoldId(published.event.hold_id))
                if hold is None or hold.is_past_expiry(published.event.occurred_at):
                    raise Violated(f"captured after its time: {hold}")

    def _sum_of(self, account: Account) -> int:
        entries = self.world.store.database.ledger.entries
        return sum(entry.amount for _, entry in entries if entry.account == account)

    async def _deposit(self, to: UserId, cents: int) -> None:
        use_case = ledger.Deposit(self._begin, self.world.clock, self.world.new_id)
        money = Money(cents, USD)

        async def send(key: RequestKey):
            return await use_case(to=to, money=money, by=OPERATOR, key=key)

        await self.world.ask(send, self.world.key())

    @property
    def _begin(self):
        return self.world.store.begin

    def _someone(self) -> UserId:
        return self.world.chance.choice(self.world.users)

    def _some_hold(self) -> HoldId:
        return self.world.chance.choice(self.holds[-6:])

    def _some_money(self) -> Money:
        return Money(self.world.chance.choice((1, 40, 99, 250, 700)), USD)
