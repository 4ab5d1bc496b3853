"""Model-based test: the pure book, the memory store and PostgreSQL must agree."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

import asyncpg
import pytest
from attrs import frozen
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from ece_adapters.memory import MemoryDatabase
from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.engine.server import PostgresServer
from ece_domain.cards import CardId
from ece_domain.kernel import DomainError
from ece_domain.ledger import (
    Account,
    AccountId,
    CloseBooks,
    Deal,
    GroupPayout,
    Hold,
    HoldId,
    HoldNotFound,
    PayoutId,
    PayoutLine,
    Settlement,
    SettlementId,
    SettlementIdReused,
    SettlementReceipt,
    start_payout,
)
from ece_domain.ledger.payouts import settle_next_chunk
from ece_domain.ledger.storage import Balance, Book, CardOwnership, Ledger, Plan, card_transfers_of
from tests.contract.conftest import postgres_database
from tests.strategies.ledger import (
    CARDS,
    ESCROWS,
    FIRST_BOOK,
    HOLDS,
    NOON,
    OTHER_ACCOUNTS,
    PAYOUT_LINES,
    USERS,
    one_in,
    settlements,
)
from tests.tally import SCALE, Tally

from .stores import Store, an_id, assert_sound, beyond_rules, mint

PARTS = 2
"""Separate runs, so that two processors share them."""
WALKS_OF_A_ROUND, STEPS_OF_A_WALK = 100, 40
CHUNK_SIZE = 2
BETWEEN_LOOKS = 20
"""The number of steps between two comparisons of the whole state."""

_SETTINGS = settings(
    max_examples=WALKS_OF_A_ROUND,
    stateful_step_count=STEPS_OF_A_WALK,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
_PAUSES = st.sampled_from([0, 0, 0, 0.5, 1, 2])

_AS_AT_FIRST = """
DELETE FROM ledger_account; DELETE FROM ledger_platform_account; DELETE FROM ledger_settlement;
DELETE FROM ledger_entry; DELETE FROM ledger_card_transfer;
DELETE FROM ledger_hold; DELETE FROM ledger_ended_hold;
DELETE FROM ledger_unclosed_settlement; DELETE FROM ledger_closed_settlement;
DELETE FROM ledger_payout; DELETE FROM ledger_payout_line;
DELETE FROM ledger_closing; DELETE FROM ledger_closing_balance;
UPDATE cards_card SET owner_id = minted_to_id, hold_id = NULL, transfer_count = 0
"""
"""Of so few rows cheaper than TRUNCATE, which makes new files."""

Outcome: TypeAlias = tuple[str, dict[str, object]] | tuple[SettlementReceipt, list[Hold]]
"""An error, or the receipt with the current state of the changed holds."""


@frozen
class Held:
    """The whole state of a ledger, without empty accounts."""

    balances: dict[AccountId, Balance]
    rolled_up: dict[AccountId, int]
    holds: dict[HoldId, Hold]
    cards: dict[CardId, CardOwnership]


class Walk(RuleBasedStateMachine):
    """Settles the same in all three, and compares results and state.

    Hypothesis prints the shortest failing run; ``@reproduce_failure`` on this class, with the
    printed arguments, repeats it.
    """

    runner: asyncio.Runner
    postgres: PostgresDatabase
    cleaner: asyncpg.Connection
    outcomes: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.now = NOON
        self.book: Book = FIRST_BOOK
        self.settled: dict[SettlementId, tuple[Settlement, SettlementReceipt]] = {}
        self.rolled_up: Counter[Account] = Counter()
        self.payouts: dict[PayoutId, tuple[GroupPayout, tuple[PayoutLine, ...]]] = {}
        self.memory = MemoryDatabase()

    @initialize()
    def deal(self) -> None:
        self.runner.run(self.cleaner.execute(_AS_AT_FIRST))
        self.runner.run(mint(self.memory, USERS[0], *CARDS))

    # One rule for all: of several, a walk would leave out some and spend itself on others.
    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        self.steps += 1
        self.outcomes["steps"] += 1
        self.now += timedelta(seconds=data.draw(_PAUSES))
        self._settle_everywhere(self._draw_settlement(data))
        if data.draw(one_in(6)):
            self._pay_out(data)
        if data.draw(one_in(10)):
            self._close_the_books()
        if self.steps % BETWEEN_LOOKS == 0:
            self._compare_everything()

    def teardown(self) -> None:
        if sys.exc_info()[0] is not None:
            return  # no failure is to be hidden by another
        if self.steps % BETWEEN_LOOKS:
            self._compare_everything()

    def _draw_settlement(self, data: st.DataObject) -> Settlement:
        """A new settlement, one with a used id, or a repetition."""
        known = sorted(self.settled)
        if known and data.draw(one_in(12)):
            return self.settled[data.draw(st.sampled_from(known))][0]
        is_taken = known and data.draw(one_in(20))
        ids = st.sampled_from(known) if is_taken else st.just(an_id(self.steps))
        return data.draw(settlements(self.book, ids))

    def _pay_out(self, data: st.DataObject) -> None:
        """Start a group payout from an escrow account, or settle a chunk of one."""
        waiting = [id_ for id_, (payout, _) in self.payouts.items() if not payout.is_finished]
        if waiting and not data.draw(one_in(3)):
            self._settle_chunk_everywhere(data.draw(st.sampled_from(waiting)))
            return
        lines, deal = data.draw(PAYOUT_LINES), Deal("test", an_id("deal", self.steps))
        payout = GroupPayout.plan(
            deal, data.draw(st.sampled_from(ESCROWS)), lines, now=self.now, chunk_size=CHUNK_SIZE
        )
        outcome = self._settle_in_the_book(payout.funding)
        refusal = None if isinstance(outcome[0], SettlementReceipt) else outcome
        for store in self._stores():
            assert self.runner.run(_started(store, payout, lines, self.now)) == refusal
        self.outcomes["payouts refused" if refusal else "payouts"] += 1
        if refusal is None:
            self.payouts[payout.id] = payout.saved, lines

    def _settle_chunk_everywhere(self, payout_id: PayoutId) -> None:
        payout, lines = self.payouts[payout_id]
        first = payout.settled_count * CHUNK_SIZE
        outcome = self._settle_in_the_book(payout.next_chunk(lines[first : first + CHUNK_SIZE]))
        assert isinstance(outcome[0], SettlementReceipt)
        payout = payout.with_next_chunk_settled(self.now).saved
        for store in self._stores():
            settling = settle_next_chunk(store.begin, lambda: self.now, payout_id)
            assert self.runner.run(settling) == payout
        self.payouts[payout_id] = payout, lines
        self.outcomes["chunks"] += 1

    def _close_the_books(self) -> None:
        memory, postgres = (
            self.runner.run(CloseBooks(store.begin, lambda: self.now)()) for store in self._stores()
        )
        assert memory == postgres
        self.outcomes["closings"] += len(memory)

    def _compare_everything(self) -> None:
        self.outcomes["looks"] += 1
        expected = _held_by_the_book(self.book, self.rolled_up)
        for store in self._stores():
            assert self.runner.run(_held_by(store)) == expected
            self.runner.run(assert_sound(store))

    def _settle_everywhere(self, settlement: Settlement) -> None:
        is_known = settlement.id in self.settled
        expected = self._settle_in_the_book(settlement)
        for store in self._stores():
            assert self.runner.run(_outcome(store, settlement, self.now)) == expected
        is_settled = isinstance(expected[0], SettlementReceipt)
        self.outcomes[("repeats" if is_known else "settled") if is_settled else expected[0]] += 1

    def _settle_in_the_book(self, settlement: Settlement) -> Outcome:
        try:
            plan = settlement.plan()
            if settlement.id not in self.settled:
                self._settle_anew(settlement, plan)
            earlier, settled = self.settled[settlement.id]
            if earlier.digest != settlement.digest:
                raise SettlementIdReused(settlement_id=settlement.id)
        except DomainError as refusal:
            return refusal.code, refusal.details
        return settled, [self.book.holds[change.hold.id] for change in plan.holds]

    def _settle_anew(self, settlement: Settlement, plan: Plan) -> None:
        self.book, entries = self.book.settle(settlement, self.now)
        settled = SettlementReceipt(
            settlement.id, settlement.purpose, self.now, entries, card_transfers_of(plan)
        )
        self.settled[settlement.id] = settlement, settled
        for entry in entries:
            self.rolled_up[entry.account] += entry.amount

    def _stores(self) -> tuple[Store, Store]:
        return self.memory, self.postgres


async def _outcome(store: Store, settlement: Settlement, now: datetime) -> Outcome:
    """The returned receipt, or the stored one for a repetition."""
    try:
        async with store.begin() as transaction:
            returned = transaction.ledger.settle(settlement, now)
    except DomainError as refusal:
        return refusal.code, refusal.details
    settled, changes = returned.value, settlement.plan().holds
    if settled is not None and not changes:
        return settled, []
    async with store.begin() as transaction:
        ledger = transaction.ledger
        holds = [await ledger.hold(change.hold.id) for change in changes]
        return settled or await ledger.receipt(settlement.id), holds


async def _started(
    store: Store, payout: GroupPayout, lines: tuple[PayoutLine, ...], now: datetime
) -> Outcome | None:
    try:
        async with store.begin() as transaction:
            await start_payout(transaction, payout, lines, now)
    except DomainError as refusal:
        return refusal.code, refusal.details
    return None


def _held_by_the_book(book: Book, rolled_up: Counter[Account]) -> Held:
    return Held(
        balances={
            account.id: balance
            for account, balance in book.balances.items()
            if balance != Balance() and account.keeps_balance
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
                record.account_id: record.balance
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
                record.card_id: CardOwnership(record.owner_id, record.hold_id)
                async for record in books.cards()
                if record.owner_id is not None
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
    database = runner.run(opened.__aenter__())
    runner.run(mint(database, USERS[0], *CARDS))
    yield database
    runner.run(opened.__aexit__(None, None, None))


@pytest.fixture
def cleaner(runner: asyncio.Runner, postgres: PostgresDatabase) -> Iterator[asyncpg.Connection]:
    """Deletes rows that are append-only otherwise."""
    connection = runner.run(beyond_rules(postgres))
    yield connection
    runner.run(connection.close())


@pytest.mark.timeout(300 * SCALE)
@pytest.mark.parametrize("part", range(PARTS))
def test_all_agree_on_every_step_of_a_random_walk(
    part: int,
    runner: asyncio.Runner,
    postgres: PostgresDatabase,
    cleaner: asyncpg.Connection,
    tally: Tally,
) -> None:
    outcomes: Counter[str] = Counter()
    steps = 20_000 * SCALE // PARTS
    # Walks may end early, so their number is not fixed; and what Hypothesis remembers of a round
    # grows with it.
    while outcomes["steps"] < steps:
        outcomes["rounds"] += 1
        walk = type(
            f"Walk{part}Round{outcomes['rounds']}",
            (Walk,),
            {"runner": runner, "postgres": postgres, "cleaner": cleaner, "outcomes": outcomes},
        )
        run_state_machine_as_test(walk, settings=_SETTINGS)

    tally.count("steps", outcomes["steps"], at_least=steps)
    tally.count("settlements", outcomes["settled"], at_least=6_000 * SCALE // PARTS)
    tally.count("repeats", outcomes["repeats"], at_least=500 * SCALE // PARTS)
    tally.count("chunks", outcomes["chunks"], at_least=150 * SCALE // PARTS)
    tally.count("payouts refused", outcomes["payouts refused"], at_least=100 * SCALE // PARTS)
    tally.count("closings", outcomes["closings"], at_least=500 * SCALE // PARTS)
    tally.count("comparisons of everything", outcomes["looks"], at_least=530 * SCALE // PARTS)
    refusals = Counter({kind: seen for kind, seen in outcomes.items() if "." in kind})
    tally.count("refusals", refusals.total(), at_least=3_000 * SCALE // PARTS)
    tally.count("kinds of refusals", len(refusals), at_least=12)
