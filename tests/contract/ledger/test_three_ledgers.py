"""One walk through three ledgers: the pure book, the memory store and PostgreSQL must agree."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

import pytest
from attrs import frozen
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ece_adapters.memory import MemoryDatabase
from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.server import PostgresServer
from ece_domain.cards import CardId
from ece_domain.kernel import DomainError
from ece_domain.ledger import (
    Account,
    AccountId,
    Balance,
    Book,
    CloseBooks,
    Hold,
    HoldId,
    HoldNotFound,
    Ledger,
    Possession,
    Settled,
    Settlement,
    SettlementId,
    SettlementIdReused,
    handovers_of,
)
from tests.contract.conftest import postgres_database
from tests.strategies.ledger import (
    CARDS,
    FIRST_BOOK,
    HOLDS,
    NOON,
    OTHER_ACCOUNTS,
    USERS,
    one_in,
    settlements,
)

from .stores import Store, an_id, assert_sound, mint, tamper

EXAMPLES = int(os.environ.get("ECE_WALKS", "25"))
STEPS = 40

_EMPTY = """
TRUNCATE ledger_account, ledger_platform_account, ledger_settlement, ledger_entry, ledger_hold,
    ledger_handover, ledger_closing, ledger_closing_balance, cards_card CASCADE
"""

Outcome: TypeAlias = tuple[str, dict[str, object]] | Settled


@frozen
class Held:
    """All that a ledger says is where; accounts that hold nothing are left out."""

    balances: dict[AccountId, Balance]
    rolled_up: dict[AccountId, int]
    holds: dict[HoldId, Hold]
    cards: dict[CardId, Possession]


class Walk(RuleBasedStateMachine):
    """Settles the same in all three, and compares what they say and what they hold after it."""

    runner: asyncio.Runner
    postgres: PostgresDatabase
    outcomes: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.book: Book = FIRST_BOOK
        self.settled: dict[SettlementId, tuple[Settlement, Settled]] = {}
        self.rolled_up: Counter[Account] = Counter()
        self.memory = MemoryDatabase()

    @initialize()
    def deal(self) -> None:
        self.runner.run(tamper(self.postgres, _EMPTY))
        for store in self._stores():
            self.runner.run(mint(store, USERS[0], *CARDS))

    # One rule for all: of several, a walk would leave out some and spend itself on others.
    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        self.now += timedelta(seconds=data.draw(st.sampled_from([0, 0, 0, 0.5, 1, 2])))
        if self.settled and data.draw(one_in(12)):
            earlier = data.draw(st.sampled_from([earlier for earlier, _ in self.settled.values()]))
            self._settle_everywhere(earlier)
            self.outcomes["repeated"] += 1
            return
        new_id = st.integers(0, 10**6).map(an_id)
        known_id = st.sampled_from(sorted(self.settled)) if self.settled else new_id
        the_id = known_id if data.draw(one_in(20)) else new_id
        self._settle_everywhere(data.draw(settlements(self.book, the_id)))
        if data.draw(one_in(10)):
            self._close_the_books()

    def _close_the_books(self) -> None:
        memory, postgres = (
            self.runner.run(CloseBooks(store.begin, lambda: self.now)()) for store in self._stores()
        )
        assert (memory is None) == (postgres is None)
        if memory and postgres:
            assert memory.number == postgres.number
            assert memory.entries == postgres.entries
            assert memory.balances == postgres.balances
            assert memory.digest == postgres.digest

    @invariant()
    def all_hold_the_same(self) -> None:
        expected = _held_by_the_book(self.book, self.rolled_up)
        for store in self._stores():
            assert self.runner.run(_held_by(store)) == expected
            self.runner.run(assert_sound(store))

    def _settle_everywhere(self, settlement: Settlement) -> None:
        expected = self._settle_in_the_book(settlement)
        for store in self._stores():
            assert self.runner.run(_outcome(store, settlement, self.now)) == expected
        self.outcomes["settled" if isinstance(expected, Settled) else expected[0]] += 1

    def _settle_in_the_book(self, settlement: Settlement) -> Outcome:
        try:
            plan = settlement.plan()
            if settlement.id in self.settled:
                earlier, settled = self.settled[settlement.id]
                if earlier.digest != settlement.digest:
                    raise SettlementIdReused(settlement_id=settlement.id)
                return settled
            self.book, entries = self.book.settle(settlement, self.now)
        except DomainError as refusal:
            return refusal.code, refusal.facts
        settled = Settled(settlement.id, settlement.purpose, self.now, entries, handovers_of(plan))
        self.settled[settlement.id] = settlement, settled
        for entry in entries:
            self.rolled_up[entry.account] += entry.amount
        return settled

    def _stores(self) -> tuple[Store, Store]:
        return self.memory, self.postgres


async def _outcome(store: Store, settlement: Settlement, now: datetime) -> Outcome:
    try:
        async with store.begin() as transaction:
            transaction.ledger.settle(settlement, now)
    except DomainError as refusal:
        return refusal.code, refusal.facts
    async with store.begin() as transaction:
        return await transaction.ledger.settled(settlement.id)


def _held_by_the_book(book: Book, rolled_up: Counter[Account]) -> Held:
    return Held(
        balances={
            account.id: balance
            for account, balance in book.balances.items()
            if balance != Balance()
        },
        rolled_up={account.id: rolled_up[account] for account in OTHER_ACCOUNTS},
        holds=dict(book.holds),
        cards=dict(book.cards),
    )


async def _held_by(store: Store) -> Held:
    async with store.begin() as transaction:
        books = transaction.books
        return Held(
            balances={
                record.account: record.balance
                async for record in books.accounts()
                if record.balance != Balance()
            },
            rolled_up={account.id: await books.balance_of(account) for account in OTHER_ACCOUNTS},
            holds={
                hold_id: hold
                for hold_id in HOLDS
                if (hold := await _hold(transaction.ledger, hold_id)) is not None
            },
            cards={
                record.card: Possession(record.owner, record.hold)
                async for record in books.cards()
                if record.owner is not None
            },
        )


async def _hold(ledger: Ledger, hold_id: HoldId) -> Hold | None:
    try:
        return await ledger.hold(hold_id)
    except HoldNotFound:
        return None


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def postgres(runner: asyncio.Runner, postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    opened = postgres_database(postgres_server)
    yield runner.run(opened.__aenter__())
    runner.run(opened.__aexit__(None, None, None))


def test_all_agree_on_every_step_of_a_random_walk(
    runner: asyncio.Runner, postgres: PostgresDatabase
) -> None:
    outcomes: Counter[str] = Counter()

    class OneWalk(Walk):
        pass

    OneWalk.runner, OneWalk.postgres, OneWalk.outcomes = runner, postgres, outcomes
    run_state_machine_as_test(
        OneWalk,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(dict(outcomes))  # noqa: T201 - how far the walks went, when asked with -s
    assert outcomes["settled"] - outcomes["repeated"] >= 8 * EXAMPLES
    assert outcomes["repeated"] >= EXAMPLES
    assert len(outcomes) >= 10, "the walks met too few refusals to prove anything"
