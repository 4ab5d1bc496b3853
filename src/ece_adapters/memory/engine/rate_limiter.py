from datetime import datetime, timedelta
from typing import Final

from attrs import define, field

from ece_domain.kernel import (
    Clock,
    RateLimit,
    RateLimitDecision,
    RateLimitStatus,
    RateLimitUse,
)

_NOTHING: Final = timedelta(0)
_DROPPED_PER_USE: Final = 2


@define
class MemoryRateLimiter:
    """Implements :class:`ece_domain.kernel.RateLimiter` for one process.

    For each partition it keeps the *theoretical arrival time* of GCRA: the moment at which the
    whole quota is available again. A partition whose moment has passed is as good as new, so it is
    dropped; each use drops up to two of those that were used longest ago.
    """

    clock: Clock
    max_partitions: int = field(default=100_000, kw_only=True)
    """Beyond, the partition used longest ago is forgotten, whatever it has used."""
    _full_at: dict[tuple[str, str], datetime] = field(factory=dict, init=False, repr=False)
    """By limit and partition, in the order of their last use."""

    def __len__(self) -> int:
        return len(self._full_at)

    async def acquire(self, *uses: RateLimitUse) -> RateLimitDecision:
        now = self.clock()
        self._drop(now)
        found = [self._status(use, now) for use in uses]
        if any(status.retry_after for status in found):
            return RateLimitDecision(found)
        return RateLimitDecision([self._use(use, now) for use in uses])

    def _status(self, use: RateLimitUse, now: datetime) -> RateLimitStatus:
        limit = use.limit
        reset_after = max(self._full_at.get((limit.name, use.partition), now) - now, _NOTHING)
        retry_after = max(reset_after - _interval(limit) * (limit.quota - 1), _NOTHING)
        return _status(limit, reset_after, retry_after)

    def _use(self, use: RateLimitUse, now: datetime) -> RateLimitStatus:
        key = (use.limit.name, use.partition)
        full_at = max(self._full_at.pop(key, now), now) + _interval(use.limit)
        self._full_at[key] = full_at
        if len(self._full_at) > self.max_partitions:
            del self._full_at[next(iter(self._full_at))]
        return _status(use.limit, full_at - now)

    def _drop(self, now: datetime) -> None:
        for _ in range(_DROPPED_PER_USE):
            oldest = next(iter(self._full_at), None)
            if oldest is None or self._full_at[oldest] > now:
                return
            del self._full_at[oldest]


def _interval(limit: RateLimit) -> timedelta:
    """The time in which one unit comes back, in whole microseconds."""
    return limit.window / limit.quota


def _status(
    limit: RateLimit, reset_after: timedelta, retry_after: timedelta = _NOTHING
) -> RateLimitStatus:
    interval = _interval(limit)
    remaining = max((interval * limit.quota - reset_after) // interval, 0)
    return RateLimitStatus(limit, remaining, reset_after, retry_after)
