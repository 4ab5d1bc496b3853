"""The rate limits of an exchange, from its settings, and what a request has used of them."""

from collections.abc import Sequence
from contextvars import ContextVar
from datetime import timedelta
from typing import Final

from attrs import frozen

from ece_domain.identity import AuthenticationLimits
from ece_domain.kernel import (
    RateLimit,
    RateLimitDecision,
    RateLimiter,
    RateLimitStatus,
    RateLimitUse,
)

from .settings import Settings

used_limits: Final[ContextVar[Sequence[RateLimitStatus]]] = ContextVar("used_limits", default=())
"""Of the present request: its entrypoint empties this, and tells the client at the end."""


@frozen
class ObservedRateLimiter:
    """Notes for the present request what its limits answered last."""

    limiter: RateLimiter

    async def acquire(self, *uses: RateLimitUse) -> RateLimitDecision:
        decision = await self.limiter.acquire(*uses)
        used_limits.set(decision.statuses)
        return decision


def general_limit(settings: Settings) -> RateLimit | None:
    return _limit("general", settings.rate_limit_general)


def authentication_limits(limiter: RateLimiter, settings: Settings) -> AuthenticationLimits:
    return AuthenticationLimits(
        ObservedRateLimiter(limiter),
        samples=limiter,
        attempts=_limit("authentication", settings.rate_limit_authentication),
        network=_limit("authentication-network", settings.rate_limit_authentication_network),
        account=_limit("authentication-account", settings.rate_limit_authentication_account),
        refreshes=_limit("refresh", settings.rate_limit_refresh),
    )


def _limit(name: str, text: str) -> RateLimit | None:
    if not text:
        return None
    quota, _, seconds = text.partition("/")
    return RateLimit(name, int(quota), timedelta(seconds=int(seconds)))
