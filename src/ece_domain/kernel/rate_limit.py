"""How often something may be done, by the generic cell rate algorithm (GCRA).

A limit is a quota for a window: the quota may be used at once, and comes back evenly, one unit
every ``window / quota``. There is no moment at which a whole window begins anew, so nobody gets
twice the quota around it.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Final, Protocol

from attrs import define, field, frozen
from attrs.validators import ge, gt

from .errors import LimitExceeded

_NOTHING: Final = timedelta(0)


@define(slots=False)
class RateLimited(LimitExceeded):
    """You have sent too many requests of this kind."""

    code = "kernel.rate-limited"
    cause = 'The limit "{limit}" is {quota} requests in {window_seconds} seconds.'
    hint = "Wait {retry_after_seconds} seconds, then send the same request again."

    limit: str
    quota: int
    window_seconds: int
    retry_after_seconds: int


@frozen
class RateLimit:
    """A quota for a window. Limits of one name share what was used."""

    name: str
    quota: int = field(validator=ge(1))
    window: timedelta = field(validator=gt(_NOTHING))


@frozen
class RateLimitUse:
    """One unit of a limit, counted for one partition, such as a user or an address."""

    limit: RateLimit
    partition: str


@frozen
class RateLimitStatus:
    """What is left of a limit for one partition."""

    limit: RateLimit
    remaining: int
    reset_after: timedelta
    """Until the whole quota is available again."""
    retry_after: timedelta = _NOTHING
    """Until one unit is available: zero unless the limit refused."""


@frozen
class RateLimitDecision:
    """The limits that were asked, in this order, after the use or the refusal."""

    statuses: Sequence[RateLimitStatus]

    @property
    def refused(self) -> Sequence[RateLimitStatus]:
        return [status for status in self.statuses if status.retry_after > _NOTHING]

    def check(self) -> None:
        """:raises RateLimited: if a limit refused; of several, by the one with the longest wait."""
        if not self.refused:
            return
        longest = max(self.refused, key=lambda status: status.retry_after)
        raise RateLimited(
            limit=longest.limit.name,
            quota=longest.limit.quota,
            window_seconds=ceil(longest.limit.window.total_seconds()),
            retry_after_seconds=ceil(longest.retry_after.total_seconds()),
        )


class RateLimiter(Protocol):
    """Counts the uses of limits."""

    async def acquire(self, *uses: RateLimitUse) -> RateLimitDecision:
        """Use one unit of each limit, or of none if any limit refuses, in one atomic step.

        :raises Unavailable: if the counts are kept elsewhere and cannot be reached.
        """
