"""A group payout pays every party once, also after crashes, in every store."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from attrs import define, evolve

from ece_adapters.memory import MemoryDatabase
from ece_domain.identity import UserId
from ece_domain.kernel import USD, ConcurrentChange, Unavailable
from ece_domain.ledger import (
    Account,
    BalanceLimit,
    Deal,
    FinishGroupPayouts,
    GetGroupPayout,
    GroupPaidOut,
    GroupPayout,
    InsufficientFunds,
    InvalidPayout,
    MoveMoney,
    PayOutGroup,
    PayoutIdReused,
    PayoutLine,
    PayoutNotFound,
    payout_id_of,
    split_payout,
    start_payout,
)
from ece_domain.ledger.storage import MAX_BALANCE
from tests.strategies.ledger import GEM, NOON

from .stores import Store, an_id, assert_sound, check, deposit, dollars, settle, tamper, usd

POOL = Deal("betting", an_id("pool"))
SOURCE = Account.escrow(POOL.id, USD)
WINNERS, CHUNK = 7, 3
LINES = tuple(PayoutLine(dollars(("winner", number)), 10 + number) for number in range(WINNERS))
TOTAL = sum(line.amount for line in LINES)


@pytest.fixture
async def pool(database) -> Store:
    await settle(database, "stakes", deposit(SOURCE, TOTAL + 5))
    return database


def pay_out(store, lines=LINES, deal=POOL) -> PayOutGroup:
    return PayOutGroup(store.begin, lambda: NOON, CHUNK)(deal=deal, source=SOURCE, lines=lines)


async def start(store, payout: GroupPayout) -> None:
    async with store.begin() as transaction:
        await start_payout(transaction, payout, LINES, NOON)


def finish(store) -> FinishGroupPayouts:
    return FinishGroupPayouts(store.begin, lambda: NOON)()


async def stored(store) -> GroupPayout:
    return await GetGroupPayout(store.begin)(deal=POOL)


async def balances(store, *accounts: Account) -> list[int]:
    async with store.begin() as transaction:
        return [await transaction.books.balance_of(account) for account in accounts]


async def received(store) -> list[int]:
    return await balances(store, *(line.account for line in LINES))


@define
class Cut:
    """A store that loses its connection before or after a commit."""

    store: Store
    at: int
    is_after_commit: bool
    commits: int = 0

    @asynccontextmanager
    async def begin(self, **_):
        async with self.store.begin() as transaction:
            yield transaction
            self.commits += 1
            if self.commits == self.at and not self.is_after_commit:
                raise Unavailable(what="database")
        if self.commits == self.at and self.is_after_commit:
            raise Unavailable(what="database")


async def test_pays_exactly_the_lines(pool):
    payout = await pay_out(pool)

    assert payout == await stored(pool)
    assert (payout.is_finished, payout.chunk_count, payout.total) == (True, 3, usd(TOTAL))
    assert await received(pool) == [line.amount for line in LINES]
    assert await balances(pool, SOURCE, payout.account) == [5, 0]
    await assert_sound(pool)


async def test_publishes_one_event_when_all_are_paid(pool):
    await pay_out(pool)
    await pay_out(pool)

    async with pool.begin() as transaction:
        if isinstance(pool, MemoryDatabase):
            kinds = [event.kind for event in pool.outbox.everything()]
        else:
            kinds = [row["kind"] for row in await transaction.unit.fetch("SELECT * FROM outbox")]
    assert kinds.count(GroupPaidOut.kind) == 1


@pytest.mark.parametrize("is_after_commit", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
async def test_continues_after_a_crash_between_any_two_chunks(pool, at, is_after_commit):
    cut = Cut(pool, at, is_after_commit)
    with pytest.raises(Unavailable):
        await pay_out(cut)
    try:
        before = await stored(pool)
    except PayoutNotFound:
        assert (at, is_after_commit) == (1, False)
    else:
        assert before.is_finished == (at == 4 and is_after_commit)
    await assert_sound(pool)

    assert (await pay_out(pool)).is_finished
    assert await received(pool) == [line.amount for line in LINES]
    await assert_sound(pool)


async def test_the_periodic_job_finishes_a_payout_after_a_crash(pool):
    with pytest.raises(Unavailable):
        await pay_out(Cut(pool, 2, is_after_commit=True))

    assert await finish(pool) == 1
    assert await finish(pool) == 0
    assert (await stored(pool)).is_finished
    assert await received(pool) == [line.amount for line in LINES]


async def test_a_payout_is_not_finished_until_its_last_chunk_is_settled(pool):
    with pytest.raises(Unavailable):
        await pay_out(Cut(pool, 3, is_after_commit=True))

    payout = await stored(pool)
    assert (payout.settled_count, payout.is_finished) == (2, False)
    assert await balances(pool, SOURCE) == [5], "to the deal, all is paid out at once"


async def test_a_chunk_settled_twice_pays_once(pool):
    with pytest.raises(Unavailable):
        await pay_out(Cut(pool, 1, is_after_commit=True))
    payout = await stored(pool)

    for _ in range(2):
        async with pool.begin() as transaction:
            transaction.ledger.settle(payout.next_chunk(LINES[:3]), NOON)
    assert await received(pool) == [10, 11, 12, 0, 0, 0, 0]

    assert (await pay_out(pool)).is_finished
    assert await received(pool) == [line.amount for line in LINES]
    await assert_sound(pool)


async def test_rivals_pay_every_line_once(pool):
    async def attempt() -> None:
        for _ in range(20):
            try:
                await pay_out(pool)
            except ConcurrentChange:
                await asyncio.sleep(0)
            else:
                return

    await asyncio.gather(*(attempt() for _ in range(8)))

    assert (await stored(pool)).is_finished
    assert await received(pool) == [line.amount for line in LINES]
    await assert_sound(pool)


async def test_a_source_with_too_little_money_pays_nothing(pool):
    await settle(pool, "rake", MoveMoney(SOURCE, dollars("house"), usd(6)))
    with pytest.raises(InsufficientFunds):
        await pay_out(pool)

    assert sum(await received(pool)) == 0
    with pytest.raises(PayoutNotFound):
        await stored(pool)


async def test_no_other_settlement_can_take_the_money_of_unpaid_lines(pool):
    with pytest.raises(Unavailable):
        await pay_out(Cut(pool, 2, is_after_commit=True))
    with pytest.raises(InsufficientFunds):
        await settle(pool, "rake", MoveMoney(SOURCE, dollars("house"), usd(6)))

    assert (await pay_out(pool)).is_finished


async def test_a_deal_is_paid_out_once(pool):
    await pay_out(pool)
    with pytest.raises(PayoutIdReused):
        await pay_out(pool, LINES[:2])

    assert await received(pool) == [line.amount for line in LINES]


async def test_a_payout_starts_with_the_change_of_its_deal_or_not_at_all(pool):
    payout = GroupPayout.plan(POOL, SOURCE, LINES, now=NOON, chunk_size=CHUNK)
    with pytest.raises(Unavailable):
        await start(Cut(pool, 1, is_after_commit=False), payout)
    assert await finish(pool) == 0

    await start(pool, payout)
    assert await finish(pool) == 1


async def test_one_that_cannot_go_on_keeps_no_other_from_its_end(pool):
    full = dollars("full")
    await settle(pool, "much", *[deposit(full, MAX_BALANCE // 1000) for _ in range(1000)])
    stuck = Deal("betting", an_id("stuck"))
    with pytest.raises(BalanceLimit):
        await pay_out(pool, (PayoutLine(full, 1),), stuck)
    await settle(pool, "more", deposit(SOURCE, TOTAL))
    with pytest.raises(Unavailable):
        await pay_out(Cut(pool, 1, is_after_commit=True))

    with pytest.raises(BalanceLimit):
        await finish(pool)

    assert (await stored(pool)).is_finished
    assert not (await GetGroupPayout(pool.begin)(deal=stuck)).is_finished
    await assert_sound(pool)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), "there are no lines"),
        ((PayoutLine(dollars("ann"), 0),), "not positive"),
        ((PayoutLine(dollars("ann"), 10**15 + 1),), "too high"),
        ((PayoutLine(dollars("ann"), 10**15),) * 2, "more than one move"),
        ((PayoutLine(Account.of_user(UserId(an_id("ann")), GEM), 1),), "another asset"),
        ((PayoutLine(SOURCE, 1),), "the account that pays"),
    ],
)
async def test_refuses_lines_that_cannot_be_paid(pool, lines, why):
    with pytest.raises(InvalidPayout, match=why):
        await pay_out(pool, lines)


BROKEN = {
    "a chunk is lost": (
        "DELETE FROM ledger_settlement WHERE id = '{chunk}'",
        lambda tables, payout: tables.settlements.remove(payout.chunk_id(1)),
        "chunk 1 counts as settled, but is not recorded",
    ),
    "a chunk counts that was not settled": (
        "UPDATE ledger_payout SET settled_count = 2, finished_at = NULL",
        lambda tables, payout: tables.payouts.put(
            payout.id, evolve(payout, settled_count=2, finished_at=None)
        ),
        "chunk 2 is settled before its time",
    ),
    "a line is lost": (
        "DELETE FROM ledger_payout_line WHERE number = 6",
        lambda tables, payout: tables.payout_lines.put(payout.id, LINES[:-1]),
        "its 6 lines sum to 75, not to (7, 91)",
    ),
    "the funding is lost": (
        "DELETE FROM ledger_settlement WHERE id = '{funding}'",
        lambda tables, payout: tables.settlements.remove(payout.funding.id),
        "its funding is not recorded",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_the_audit_reports(pool, name):
    payout = await pay_out(pool)
    sql, in_memory, found = BROKEN[name]
    if isinstance(pool, MemoryDatabase):
        in_memory(pool.ledger, payout)
    else:
        await tamper(pool, sql.format(chunk=payout.chunk_id(1), funding=payout.funding.id))

    violations = (await check(pool)).violations

    assert ("I25", f"payout {payout.id}", found) in [
        (violation.invariant, violation.subject, violation.what) for violation in violations
    ]


async def test_the_audit_reports_a_chunk_that_was_paid_twice(pool):
    """Under another id, as one without deterministic ids would be."""
    payout = await pay_out(pool)
    await settle(pool, "more", deposit(payout.account, 33))
    assert "its account holds 33 where 0 is to be paid" in [
        violation.what for violation in (await check(pool)).violations
    ]


def test_ids_follow_from_the_deal_and_the_number_of_the_chunk():
    payout, again = (
        GroupPayout.plan(POOL, SOURCE, LINES, now=NOON, chunk_size=CHUNK) for _ in range(2)
    )
    assert payout.id == payout_id_of(POOL) != payout_id_of(Deal("drops", POOL.id))
    assert payout.chunk_id(1) == again.chunk_id(1)
    assert len({payout.funding.id, *map(payout.chunk_id, range(3))}) == 4


def test_a_split_pays_out_the_whole():
    lines = split_payout(usd(100), [(dollars(n), 1) for n in range(3)] + [(dollars("none"), 0)])
    assert [line.amount for line in lines] == [34, 33, 33]
