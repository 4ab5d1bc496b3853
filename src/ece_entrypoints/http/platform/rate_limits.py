"""The general rate limit, of all requests."""

from typing import Any, Final

from attrs import frozen
from litestar import Request

from ece_domain.identity import ClientAddress
from ece_domain.kernel import RateLimit, RateLimiter, RateLimitUse
from ece_entrypoints.wiring.rate_limits import used_limits

from .request_context import client_address

_EXEMPT: Final = "/health/"
"""Monitoring asks often, and from one address."""


def address_of(request: Request[Any, Any, Any]) -> ClientAddress:
    """Where the request comes from, for what counts attempts."""
    return ClientAddress(client_address(request))


@frozen
class GeneralLimit:
    """Counts all requests of a user, or of a network without a user."""

    limiter: RateLimiter
    limit: RateLimit | None

    async def __call__(self, request: Request[Any, Any, Any]) -> None:
        """:raises RateLimited: if there were too many."""
        if self.limit is None or request.scope["path"].startswith(_EXEMPT):
            return
        caller = request.scope.get("user")
        partition = str(caller.user_id) if caller else address_of(request).network
        decision = await self.limiter.acquire(RateLimitUse(self.limit, partition))
        if decision.refused:
            used_limits.set(decision.statuses)
            decision.check()
