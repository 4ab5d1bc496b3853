"""The background jobs of an exchange: each runs periodically while the application runs."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from attrs import field, frozen

from ece_domain.kernel import ConcurrentChange
from ece_domain.market import ListingsExpired
from ece_entrypoints.wiring.exchange import Exchange

_log = logging.getLogger(__name__)


@frozen
class PeriodicJob:
    """A use case without arguments, and the seconds before each run.

    Several processes may run the same job at the same time: each unit of work is done once.
    """

    name: str
    run: Callable[[], Awaitable[object]]
    interval_seconds: float
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)

    async def run_forever(self) -> None:
        """Run until cancelled. An error is logged; the next run follows after the interval."""
        while True:
            await self.sleep(self.interval_seconds)
            try:
                await self.run()
            except ConcurrentChange:
                _log.debug("another process runs the job: %s", self.name)
            except Exception:  # noqa: BLE001 - a job survives every error of the store
                _log.exception("job failed: %s", self.name)


def periodic_jobs_of(exchange: Exchange) -> tuple[PeriodicJob, ...]:
    return (
        PeriodicJob("expire holds", exchange.ledger.expire_holds(), interval_seconds=5),
        PeriodicJob("finish payouts", exchange.ledger.finish_group_payouts(), interval_seconds=5),
        PeriodicJob(
            "expire listings",
            expire_listings_and_log(exchange.market.expire_listings()),
            interval_seconds=5,
        ),
        PeriodicJob("sequence events", exchange.sequence_events(), interval_seconds=1),
        PeriodicJob(
            "prune idempotency records", exchange.prune_idempotency_records(), interval_seconds=3600
        ),
        PeriodicJob("close books", exchange.ledger.close_books(), interval_seconds=10),
    )


def expire_listings_and_log(
    expire_listings: Callable[[], Awaitable[ListingsExpired]],
) -> Callable[[], Awaitable[None]]:
    """The use case, with an error in the log for each listing that could not expire."""

    async def expire() -> None:
        for refused in (await expire_listings()).refused:
            _log.error("listing %s cannot expire: %s", refused.listing_id, refused.refusal)

    return expire


@asynccontextmanager
async def running_jobs(periodic_jobs: Sequence[PeriodicJob]) -> AsyncIterator[None]:
    """Run the jobs in background tasks until the end of the block."""
    tasks = [
        asyncio.create_task(job.run_forever(), name=f"job: {job.name}") for job in periodic_jobs
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
