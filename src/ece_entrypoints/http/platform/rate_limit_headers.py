"""The headers of draft-ietf-httpapi-ratelimit-headers: what is left of the limits of a request."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from ece_domain.kernel import RateLimitStatus
from ece_entrypoints.wiring.rate_limits import used_limits

DESCRIPTIONS: Final = {
    "RateLimit": "Per limit: `r` requests remain, and the whole quota is back in `t` seconds.",
    "RateLimit-Policy": "Per limit: a quota of `q` requests in a window of `w` seconds.",
}
"""For OpenAPI."""


def rate_limit_headers() -> list[tuple[bytes, bytes]]:
    """For the limits that the present request has used, if any."""
    used = used_limits.get()
    return _headers(used) if used else []


def _headers(used: Sequence[RateLimitStatus]) -> list[tuple[bytes, bytes]]:
    left = ", ".join(
        f'"{each.limit.name}";r={each.remaining};t={ceil(each.reset_after.total_seconds())}'
        for each in used
    )
    policies = ", ".join(
        f'"{each.limit.name}";q={each.limit.quota};w={ceil(each.limit.window.total_seconds())}'
        for each in used
    )
    return [(b"ratelimit", left.encode()), (b"ratelimit-policy", policies.encode())]
