"""A workload of keyed operations on one store, each repeated until it has a result."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from attrs import define, field

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.kernel import ConcurrentChange, IdempotentResult, RequestInFlight, Unavailable
from ece_domain.sales import Sale
from tests.contract.market.stall import Stall
from tests.teller import Teller

T = TypeVar("T")

SETTLED_BY_ONE_OF_EACH: Final = Counter(
    {
        "market.listing": 2,
        "market.purchase": 1,
        "market.cancellation": 1,
        "ledger.transfer": 1,
        "ledger.deposit": 1,
        "ledger.withdrawal": 1,
        "ledger.hold": 1,
        "ledger.capture": 1,
        "ledger.release": 1,
    }
)
"""The expected number of settlements by purpose, after one errand of each kind."""
OPERATIONS: Final = SETTLED_BY_ONE_OF_EACH.total()


@define
class Errands:
    """Runs operations and counts retries and outcomes; all keys begin with the name."""

    name: str
    stall: Stall
    teller: Teller
    seller: UserId
    people: list[UserId]
    sales: list[Sale] = field(factory=list)
    answered: set[str] = field(factory=set)
    replays: int = 0
    refusals: Counter[str] = field(factory=Counter)

    async def run_all(self, cards: list[tuple[CardId, CardId]], *, workers: int) -> None:
        """One errand of each kind for each pair of cards, shared among workers."""
        waiting = iter([(*pair, number) for number, pair in enumerate(cards)])

        async def work() -> None:
            for to_sell, to_keep, number in waiting:
                await self._sell(to_sell, self._person(number))
                await self._think_again(to_keep)
                await self._pay(number)
                await self._reserve(number)

        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())

    async def _sell(self, card: CardId, buyer: UserId) -> None:
        stall, seller = self.stall, self.seller
        listing = await self._insist(
            f"list-{card}", lambda key: stall.answer_list(card, seller, key=key)
        )
        sale = await self._insist(f"buy-{card}", lambda key: stall.buy(listing, buyer, key=key))
        self.sales.append(sale)

    async def _think_again(self, card: CardId) -> None:
        stall, seller = self.stall, self.seller
        listing = await self._insist(
            f"list-{card}", lambda key: stall.answer_list(card, seller, key=key)
        )
        await self._insist(f"cancel-{card}", lambda key: stall.cancel(listing, seller, key=key))

    async def _pay(self, number: int) -> None:
        teller, giver, taker = self.teller, self._person(number), self._person(number + 1)
        await self._insist(f"deposit-{number}", lambda key: teller.deposit(giver, 5_000, key=key))
        await self._insist(
            f"transfer-{number}", lambda key: teller.transfer(giver, taker, 1 + number, key=key)
        )
        await self._insist(f"withdraw-{number}", lambda key: teller.withdraw(taker, 4_000, key=key))

    async def _reserve(self, number: int) -> None:
        teller, owner, taker = self.teller, self._person(number), self._person(number + 2)
        hold = await self._insist(f"hold-{number}", lambda key: teller.hold(owner, 100, key=key))
        await self._insist(
            f"capture-{number}", lambda key: teller.capture(hold.id, 60, taker, key=key)
        )
        await self._insist(f"release-{number}", lambda key: teller.release(hold.id, key=key))

    def _person(self, number: int) -> UserId:
        return self.people[number % len(self.people)]

    async def _insist(self, key: str, work: Callable[[str], Awaitable[IdempotentResult[T]]]) -> T:
        key = f"{self.name}-{key}"
        while True:
            try:
                answer = await work(key)
            except (Unavailable, RequestInFlight, ConcurrentChange) as refusal:
                self.refusals[refusal.code] += 1
            else:
                assert key not in self.answered
                self.answered.add(key)
                self.replays += answer.is_replayed
                return answer.value
