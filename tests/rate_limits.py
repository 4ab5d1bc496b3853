"""Rate limits for tests, which mostly send more from one address than people do."""

from datetime import timedelta
from typing import Final

from attrs import fields

from ece_adapters.memory.engine.rate_limiter import MemoryRateLimiter
from ece_domain.identity import AuthenticationLimits
from ece_domain.kernel import Clock, RateLimit
from ece_entrypoints.wiring.settings import Settings

NO_RATE_LIMITS: Final = {
    each.name: "" for each in fields(Settings) if each.name.startswith("rate_limit_")
}
"""For ``Settings``."""

NO_RATE_LIMITS_IN_ENVIRONMENT: Final = {f"ECE_{name.upper()}": "" for name in NO_RATE_LIMITS}

QUARTER: Final = timedelta(minutes=15)


def no_limits(clock: Clock) -> AuthenticationLimits:
    limiter = MemoryRateLimiter(clock)
    return AuthenticationLimits(limiter, limiter, None, None, None, None)


def usual_limits(clock: Clock) -> AuthenticationLimits:
    """The limits of an exchange whose settings say nothing else."""
    limiter = MemoryRateLimiter(clock)
    return AuthenticationLimits(
        limiter,
        limiter,
        attempts=RateLimit("authentication", 10, QUARTER),
        network=RateLimit("authentication-network", 100, QUARTER),
        account=RateLimit("authentication-account", 100, QUARTER),
        refreshes=RateLimit("refresh", 300, QUARTER),
    )
