"""What an exchange does by itself, again and again, while it runs."""

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
    """A use case without arguments, and the seconds of rest before each run.

    Several processes may do the same job at the same time: each part of it is done once.
    """

    name: str
    do: Callable[[], Awaitable[object]]
    rest: float
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)

    async def run_forever(self) -> None:
        """For ever. What fails is logged, and tried again after the usual rest."""
        while True:
            await self.sleep(self.rest)
            try:
                await self.do()
            except ConcurrentChange:
                _log.debug("somebody else does the job: %s", self.name)
            except Exception:  # noqa: BLE001 - periodic_jobs outlive whatever ails the store
                _log.exception("job failed: %s", self.name)


def periodic_jobs_of(exchange: Exchange) -> tuple[PeriodicJob, ...]:
    return (
        PeriodicJob("expire holds", exchange.ledger.expire_holds(), rest=5),
        PeriodicJob("finish payouts", exchange.ledger.finish_group_payouts(), rest=5),
        PeriodicJob(
            "expire listings", expire_listings_and_log(exchange.market.expire_listings()), rest=5
        ),
        PeriodicJob("sequence events", exchange.sequence_events(), rest=1),
        PeriodicJob("prune idempotency records", exchange.prune_idempotency_records(), rest=3600),
        PeriodicJob("close books", exchange.ledger.close_books(), rest=10),
    )


def expire_listings_and_log(
    expire_listings: Callable[[], Awaitable[ListingsExpired]],
) -> Callable[[], Awaitable[None]]:
    """The use case, with a line in the log for each listing that it had to leave."""

    async def expire() -> None:
        for left in (await expire_listings()).refused:
            _log.error("listing %s cannot expire: %s", left.listing_id, left.refusal)

    return expire


@asynccontextmanager
async def running_jobs(periodic_jobs: Sequence[PeriodicJob]) -> AsyncIterator[None]:
    """Do the periodic_jobs until the end of the block."""
    tasks = [
        asyncio.create_task(job.run_forever(), name=f"job: {job.name}") for job in periodic_jobs
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
