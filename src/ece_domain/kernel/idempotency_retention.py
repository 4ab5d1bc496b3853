"""How long the results of idempotent requests are stored."""

from datetime import timedelta
from typing import Final, final

from attrs import frozen

from .idempotency import IdempotentTransaction
from .ports import Begin, Clock

BATCH: Final = 1_000


@final
@frozen
class PruneIdempotencyRecords:
    """Delete results older than the retention; for a periodic job, about once an hour.

    A request that is sent again after that is a new request.
    """

    begin: Begin[IdempotentTransaction]
    clock: Clock
    retention: timedelta

    async def __call__(self) -> int:
        """The number of deleted results."""
        before, pruned = self.clock() - self.retention, 0
        while True:
            async with self.begin() as transaction:
                some = await transaction.idempotency_records.prune(before, BATCH)
            pruned += some
            if some < BATCH:
                return pruned
