"""How long the answers of keyed requests are kept."""

from datetime import timedelta
from typing import Final, final

from attrs import frozen

from .idempotency import IdempotentTransaction
from .ports import Begin, Clock

BATCH: Final = 1_000


@final
@frozen
class PruneIdempotencyRecords:
    """Delete answers older than the retention: to be called every hour or so.

    A request that is sent again after that is a new request.
    """

    begin: Begin[IdempotentTransaction]
    clock: Clock
    retention: timedelta

    async def __call__(self) -> int:
        """How many it deleted."""
        before, pruned = self.clock() - self.retention, 0
        while True:
            async with self.begin() as transaction:
                some = await transaction.idempotency_records.prune(before, BATCH)
            pruned += some
            if some < BATCH:
                return pruned
