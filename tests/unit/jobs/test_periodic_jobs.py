"""Periodic jobs run after every interval, in spite of errors, until the exchange stops."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from dependency_injector import providers

from ece_domain.kernel import ConcurrentChange
from ece_domain.ledger import CardAlreadyHeld
from ece_domain.market import ExpiryRefused, ListingId, ListingsExpired
from ece_entrypoints.http.platform.use_case_plugin import use_cases
from ece_entrypoints.jobs.periodic_jobs import (
    PeriodicJob,
    expire_listings_and_log,
    periodic_jobs_of,
    running_jobs,
)
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import Settings, Store


class Rests:
    """A sleep that the test ends, so that no test waits."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._over = asyncio.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self._over.acquire()

    async def end(self) -> None:
        """End one sleep, and let the job run until the next one."""
        self._over.release()
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
def rests() -> Rests:
    return Rests()


async def test_a_chore_rests_before_each_run(rests):
    runs = []

    async def sweep() -> None:
        runs.append(len(rests.asked))

    async with running_jobs([PeriodicJob("sweep", sweep, 5, rests)]):
        await rests.end()
        await rests.end()

    assert runs == [1, 2]
    assert rests.asked == [5, 5, 5]


async def test_a_failure_is_logged_and_the_job_continues(rests, caplog):
    runs = []

    async def sweep() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise OSError("the store is away")

    async with running_jobs([PeriodicJob("sweep", sweep, 5, rests)]):
        await rests.end()
        await rests.end()

    assert len(runs) == 2
    assert [record.getMessage() for record in caplog.records] == ["job failed: sweep"]


async def test_all_chores_end_with_the_block(rests):
    async def sweep() -> None:
        """Nothing to do."""

    before = asyncio.all_tasks()
    async with running_jobs(
        [PeriodicJob("one", sweep, 1, rests), PeriodicJob("two", sweep, 1, rests)]
    ):
        await rests.end()
        assert len(asyncio.all_tasks() - before) == 2

    assert asyncio.all_tasks() == before


async def test_who_was_not_the_first_to_do_a_chore_makes_no_fuss(rests, caplog):
    async def sweep() -> None:
        raise ConcurrentChange

    async with running_jobs([PeriodicJob("sweep", sweep, 5, rests)]):
        await rests.end()

    assert rests.asked == [5, 5]
    assert caplog.records == []


async def test_an_exchange_runs_its_jobs(tmp_path):
    exchange = Exchange(settings=Settings(store=Store.memory, secret_file=tmp_path / "secret"))
    periodic_jobs = {job.name: job for job in periodic_jobs_of(exchange)}

    assert await periodic_jobs["expire holds"].run() == 0
    assert not await periodic_jobs["close books"].run()
    assert await periodic_jobs["sequence events"].run() == 0
    assert await periodic_jobs["prune idempotency records"].run() == 0


async def test_every_use_case_that_takes_no_arguments_is_a_job(tmp_path):
    """Nobody else calls it: without its job, nothing of it would ever happen."""
    exchange = Exchange(settings=Settings(store=Store.memory, secret_file=tmp_path / "secret"))
    called: list[str] = []

    def noted(name: str) -> Callable[[], Awaitable[object]]:
        async def call() -> ListingsExpired:
            called.append(name)
            return ListingsExpired(0, ())

        return call

    left_alone = {
        name: provider
        for name, provider in use_cases(exchange)
        if len(inspect.signature(provider.cls.__call__).parameters) == 1
    }
    for name, provider in left_alone.items():
        provider.override(providers.Object(noted(name)))
    for job in periodic_jobs_of(exchange):
        await job.run()

    assert len(called) >= 6
    assert sorted(called) == sorted(left_alone)


def test_whoever_waits_for_a_job_waits_for_seconds(tmp_path):
    exchange = Exchange(settings=Settings(store=Store.memory, secret_file=tmp_path / "secret"))
    intervals = {job.name: job.interval_seconds for job in periodic_jobs_of(exchange)}

    assert intervals.pop("prune idempotency records") == 3600  # nobody waits for this one
    assert max(intervals.values()) <= 10
    assert intervals["sequence events"] <= 1


async def test_a_listing_that_cannot_expire_is_logged(caplog):
    refused = ExpiryRefused(ListingId(UUID(int=7)), CardAlreadyHeld(card_id=UUID(int=8)))

    async def expire() -> ListingsExpired:
        return ListingsExpired(3, (refused,))

    await expire_listings_and_log(expire)()

    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert record.getMessage().startswith(
        f"listing {UUID(int=7)} cannot expire: ledger.card-already-held"
    )
