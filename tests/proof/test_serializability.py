"""Serializability of histories on PostgreSQL, with and without version guards."""

import random
from asyncio import TaskGroup
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import count

import asyncpg
import pytest
from attrs import define, field

from ece_adapters.postgres import PostgresDatabase
from ece_domain.kernel import ConcurrentChange, Unavailable
from tests.commit_proxy import Chance, CommitProxy, Fault
from tests.tally import SCALE, Tally

from .serializability import Append, Kind, Outcome, Read, Transaction, anomalies

WORKERS = 12
LISTS = ("a", "b", "c", "d", "e", "f")
SHARES = {Fault.BEFORE: 0.03, Fault.AFTER: 0.05, Fault.AT_ONCE: 0.03}

_TABLE = """
CREATE TABLE list (
    key text PRIMARY KEY, version integer NOT NULL DEFAULT 1, items bigint[] NOT NULL DEFAULT '{}'
)
"""
_UPDATE = "UPDATE list SET version = version + 1, items = $3 WHERE key = $1"
_UNGUARDED = f"{_UPDATE} AND $2::integer IS NOT NULL"
_GUARDED = f"{_UPDATE} AND version = $2"
"""The guarded update, as repositories save an aggregate."""


@define
class Workers:
    """Transactions that append to lists that they have read, and record what they saw.

    :param saved: the read lists to append to.
    """

    database: PostgresDatabase
    save: str
    saved: Callable[[list[str]], list[str]] = list
    seed: int = 0
    history: list[Transaction] = field(factory=list)
    _numbers: count = field(factory=lambda: count(1))

    async def work(self, transactions: int) -> None:
        async with TaskGroup() as workers:
            for worker in range(WORKERS):
                chance = random.Random(f"{self.seed} {worker}")
                workers.create_task(self._work_alone(chance, transactions // WORKERS))

    async def look(self) -> dict[str, tuple[int, ...]]:
        """Read all lists in one snapshot."""
        async with self.database.begin() as transaction:
            rows = await transaction.unit.fetch("SELECT key, items FROM list")
        seen = {row["key"]: tuple(row["items"]) for row in rows}
        reads = tuple(Read(key, items) for key, items in seen.items())
        self.history.append(Transaction(self._name(), reads))
        return seen

    @property
    def outcomes(self) -> Counter[Outcome]:
        return Counter(transaction.outcome for transaction in self.history)

    def appends(self, outcome: Outcome) -> set[Append]:
        return {
            append
            for transaction in self.history
            if transaction.outcome is outcome
            for append in transaction.appends
        }

    def _name(self) -> str:
        return f"T{next(self._numbers)}"

    async def _work_alone(self, chance: random.Random, transactions: int) -> None:
        for _ in range(transactions):
            if chance.random() < 0.2:
                with suppress(Unavailable):  # the next user of a cut connection gets the error
                    await self.look()
            else:
                await self._append(chance.sample(LISTS, chance.randint(1, 3)))

    async def _append(self, keys: list[str]) -> None:
        reads: list[Read] = []
        appends: list[Append] = []
        try:
            async with self.database.begin() as transaction:
                for key in keys:
                    row = await transaction.unit.fetch_row("SELECT * FROM list WHERE key = $1", key)
                    reads.append(Read(key, tuple(row["items"])))
                    if key in self.saved(keys):
                        appends.append(Append(key, next(self._numbers)))
                        items = [*row["items"], appends[-1].number]
                        transaction.unit.batch.write(self.save, key, row["version"], items, rows=1)
            outcome = Outcome.COMMITTED
        except ConcurrentChange:
            outcome = Outcome.ABORTED
        except Unavailable:
            outcome = Outcome.UNKNOWN
        self.history.append(Transaction(self._name(), tuple(reads), tuple(appends), outcome))


@pytest.fixture
async def direct(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    owner = await asyncpg.connect(postgres_url)
    await owner.execute(_TABLE)
    await owner.execute("GRANT ALL ON list TO ece_application")
    await owner.close()
    async with opened(postgres_url) as database:
        yield database


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(url, connections=WORKERS)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def rounds(database: PostgresDatabase) -> AsyncIterator[int]:
    """Short histories, because each read returns whole lists."""
    for seed in range(SCALE):
        async with database.begin() as transaction:
            await transaction.unit.fetch("TRUNCATE list")
            await transaction.unit.fetch(
                "INSERT INTO list (key) SELECT * FROM unnest($1::text[])", LISTS
            )
        yield seed


def kinds_of_anomalies(workers: Workers) -> Counter[Kind]:
    return Counter(anomaly.kind for anomaly in anomalies(workers.history))


def report(
    tally: Tally, seen: Counter[Outcome | Kind], floors: Mapping[Outcome | Kind, int]
) -> None:
    """Count transactions by outcome, and anomalies by class."""
    tally.count("transactions", sum(seen[outcome] for outcome in Outcome))
    for kind in (*Outcome, *Kind):
        tally.count(_NAMES[kind], seen[kind], at_least=SCALE * floors.get(kind, 0))


_NAMES = {
    **{outcome: outcome.value for outcome in Outcome},
    **{kind: kind.name.lower().replace("_", " ") for kind in Kind},
}


async def test_lost_updates_without_a_guard_are_detected(direct, tally):
    seen: Counter[Outcome | Kind] = Counter()
    async for seed in rounds(direct):
        workers = Workers(direct, _UNGUARDED, seed=seed)
        await workers.work(400)
        await workers.look()
        seen += kinds_of_anomalies(workers) + workers.outcomes

    report(tally, seen, {Outcome.COMMITTED: 300, **_BOUND_TO_HAPPEN})


_BOUND_TO_HAPPEN = {
    Kind.INCOMPATIBLE_ORDER: 5,
    Kind.G0: 5,
    Kind.G1C: 5,
    Kind.G_SINGLE: 20,
    Kind.G2_ITEM: 5,
}
"""The update without a guard, which overwrites newer values."""


@pytest.mark.timeout(300 * SCALE)
async def test_guarded_histories_are_serializable_even_when_connections_are_lost(
    direct, postgres_url, tally
):
    seen: Counter[Outcome | Kind] = Counter()
    ends: Counter[str] = Counter()
    async for seed in rounds(direct):
        workers = Workers(direct, _GUARDED, seed=seed)
        async with CommitProxy.in_front_of(postgres_url, Chance(SHARES, seed=seed)) as proxy:
            async with opened(proxy.url(postgres_url)) as workers.database:
                await workers.work(2_000)
            workers.database = direct
            in_the_end = {
                Append(key, number)
                for key, items in (await workers.look()).items()
                for number in items
            }
        assert kinds_of_anomalies(workers) == {}
        assert in_the_end >= workers.appends(Outcome.COMMITTED)
        assert not in_the_end & workers.appends(Outcome.ABORTED)
        seen += workers.outcomes
        ends["appends of unknown end, done"] += len(in_the_end & workers.appends(Outcome.UNKNOWN))
        ends["appends of unknown end, undone"] += len(workers.appends(Outcome.UNKNOWN) - in_the_end)
        ends.update({f"cut {fault}": proxy.counted[fault] for fault in SHARES})

    report(tally, seen, {Outcome.COMMITTED: 600, Outcome.ABORTED: 200})
    for end, times in ends.items():
        tally.count(end, times, at_least=10 * SCALE)


async def test_the_guard_protects_saved_rows_and_not_rows_that_were_only_read(direct, tally):
    seen: Counter[Outcome | Kind] = Counter()
    async for seed in rounds(direct):
        workers = Workers(direct, _GUARDED, saved=lambda keys: keys[:1], seed=seed)
        await workers.work(1_000)
        await workers.look()
        found = kinds_of_anomalies(workers)
        assert found[Kind.INCOMPATIBLE_ORDER] == 0
        seen += found + workers.outcomes

    report(tally, seen, {Outcome.COMMITTED: 300})
    skewed = seen[Kind.G2_ITEM] + seen[Kind.G_SINGLE]
    tally.count("skewed reads and writes", skewed, at_least=5 * SCALE)
