"""A context above the ledger: stakes in escrow, holds and payouts, with interference by others."""

from collections.abc import Awaitable, Callable, Sequence
from types import SimpleNamespace
from uuid import UUID

from attrs import define, field

from ece_domain import ledger
from ece_domain.identity import UserId
from ece_domain.kernel import USD, Money
from ece_domain.ledger import (
    Account,
    CaptureHold,
    Deal,
    GroupPayout,
    HeldMoney,
    Hold,
    HoldId,
    HoldPurpose,
    HoldState,
    Move,
    MoveMoney,
    PayoutLine,
    PlaceHold,
    ReleaseHold,
    Settlement,
    SettlementId,
    split_payout,
)

from .changes import TableChanges
from .ledger_life import OPERATOR
from .process import Process
from .world import Violated, World

BETTING = "betting"
STRANGERS = ("market", "ledger")
CHUNK_SIZE = 2
"""Lines per chunk: five collectors make three chunks."""


@define(eq=False)
class DealsLife:
    """Pools of stakes in escrow, holds of the pools, and group payouts."""

    share = 3

    world: World
    pools: list[UUID] = field(factory=list)
    holds: list[Hold] = field(factory=list)
    planned: dict[UUID, tuple[PayoutLine, ...]] = field(factory=dict)
    """The lines of the first payout request of each pool."""
    _asked_to_end: set[HoldId] = field(factory=set)
    _changed_holds: TableChanges[HoldId, Hold] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._changed_holds = TableChanges(self.world.store.database.ledger.holds)

    async def start(self, process: Process) -> SimpleNamespace:
        begin, clock, new_id = self.world.store.begin, self.world.clock, self.world.new_id
        return SimpleNamespace(
            settle=self._settle,
            pay_out=ledger.PayOutGroup(begin, clock, CHUNK_SIZE),
            finish_payouts=ledger.FinishGroupPayouts(begin, clock),
            release=ledger.ReleaseMoneyHold(begin, clock, new_id),
            capture=ledger.CaptureMoneyHold(begin, clock, new_id),
        )

    async def set_up(self) -> None:
        self._open_pool()

    def actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (
            self.stake,
            self.stake,
            self.stake,
            self.refund,
            self.hold,
            self.end_hold,
            self.interfere,
            self.interfere,
            self.interfere,
            self.pay_out,
            self.pay_out,
            self.finish_payouts,
        )

    async def stake(self) -> None:
        pool, user = self.pools[-1], self._someone()
        money = Money(self.world.chance.choice((10, 45, 120)), USD)
        await self._call("stake", MoveMoney(Account.of_user(user, USD), _escrow(pool), money))

    async def refund(self) -> None:
        """Sometimes more than the available balance."""
        pool, user = self.world.chance.choice(self.pools[-3:]), self._someone()
        money = Money(self.world.chance.choice((5, 60, 400)), USD)
        await self._call("refund", MoveMoney(_escrow(pool), Account.of_user(user, USD), money))

    async def hold(self) -> None:
        user, pool = self._someone(), self.pools[-1]
        hold = Hold(
            id=HoldId(self.world.new_id()),
            deal=Deal(BETTING, pool),
            purpose=HoldPurpose.STAKE,
            subject=HeldMoney(Account.of_user(user, USD), self.world.chance.choice((15, 80))),
        )
        self.holds.append(hold)
        await self._call("hold", PlaceHold(hold))

    async def end_hold(self) -> None:
        if self.holds:
            hold = self._some_hold()
            self._asked_to_end.add(hold.id)
            await self._call("release", ReleaseHold(hold))

    async def interfere(self) -> None:
        """Another context or an operator tries to end a hold that is not its own."""
        if not self.holds:
            return
        world, hold = self.world, self._some_hold()
        way = world.chance.randrange(4)
        world.counts["strangers at a hold"] += 1
        if way == 0:
            await world.call(self, "release", hold_id=hold.id, actor=OPERATOR, key=world.key())
        elif way == 1:
            await world.call(
                self,
                "capture",
                hold_id=hold.id,
                money=Money(1, USD),
                destination=self._someone(),
                actor=OPERATOR,
                key=world.key(),
            )
        else:
            context = world.chance.choice(STRANGERS)
            move: Move = ReleaseHold(hold)
            if way == 3 and isinstance(hold.subject, HeldMoney):
                pay = MoveMoney(hold.subject.account, _escrow(self.pools[-1]), Money(1, USD))
                move = CaptureHold(hold, pay)
            await world.call(self, "settle", purpose=f"{context}.interference", move=move)

    async def pay_out(self) -> None:
        """Pay out a whole pool; a repeated request has the same lines."""
        pool = self.world.chance.choice(self.pools[-3:])
        lines = self.planned.get(pool)
        if lines is None:
            balance = self._balance(_escrow(pool))
            if not balance:
                return
            weights = [
                (Account.of_user(user, USD), self.world.chance.randint(0, 9))
                for user in self.world.users
            ]
            weights[0] = (weights[0][0], 1)
            lines = self.planned[pool] = split_payout(Money(balance, USD), weights)
        if pool == self.pools[-1]:
            self._open_pool()
        await self.world.call(
            self, "pay_out", deal=Deal(BETTING, pool), source=_escrow(pool), lines=lines
        )
        self.world.counts["groups paid out"] += 1

    async def finish_payouts(self) -> None:
        await self.world.call(self, "finish_payouts")

    def check(self) -> None:
        for _, hold in self._changed_holds.look():
            is_ended = hold.state is not HoldState.OPEN or hold.captured
            if hold.deal.context == BETTING and is_ended and hold.id not in self._asked_to_end:
                raise Violated(f"ended by a stranger: {hold}")

    async def settle_down(self) -> None:
        await self.finish_payouts()

    def check_at_the_end(self) -> None:
        tables = self.world.store.database.ledger
        for payout in tables.payouts:
            if not payout.is_finished:
                raise Violated(f"stuck: {payout}")
            self._check_received(payout)
        told = self.world.store.database.outbox.everything()
        ends = [each.payout_id for each in told if isinstance(each, ledger.GroupPaidOut)]
        if sorted(ends) != sorted(payout.id for payout in tables.payouts):
            raise Violated(f"{len(ends)} payouts were told of, {len(tables.payouts)} are there")

    def _check_received(self, payout: GroupPayout) -> None:
        """Each account got what the plan says, in settlements from the payout's account."""
        tables = self.world.store.database.ledger
        paying = {
            posted.settlement_id
            for posted in tables.entries
            if posted.entry.account == payout.account and posted.entry.amount < 0
        }
        received = [
            (posted.entry.account, posted.entry.amount)
            for posted in tables.entries
            if posted.settlement_id in paying and posted.entry.account != payout.account
        ]
        expected = [(line.account, line.amount) for line in self.planned[payout.deal.id]]
        if sorted(received, key=_by_account) != sorted(expected, key=_by_account):
            raise Violated(f"planned were {expected}, received {received}")

    async def _settle(self, *, purpose: str, move: Move) -> None:
        settlement = Settlement(SettlementId(self.world.new_id()), purpose, (move,))
        async with self.world.store.begin() as transaction:
            transaction.ledger.settle(settlement, self.world.clock())

    async def _call(self, act: str, move: Move) -> None:
        await self.world.call(self, "settle", purpose=f"{BETTING}.{act}", move=move)

    def _open_pool(self) -> None:
        self.pools.append(self.world.new_id())

    def _balance(self, account: Account) -> int:
        balance = self.world.store.database.ledger.balances.get(account)
        return balance.total if balance else 0

    def _someone(self) -> UserId:
        return self.world.chance.choice(self.world.users)

    def _some_hold(self) -> Hold:
        return self.world.chance.choice(self.holds[-6:])


def _escrow(pool: UUID) -> Account:
    return Account.escrow(pool, USD)


def _by_account(received: tuple[Account, int]) -> tuple[UUID, int]:
    return received[0].id, received[1]
