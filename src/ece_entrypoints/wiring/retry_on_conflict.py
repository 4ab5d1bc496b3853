"""Try again when somebody else was faster."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from attrs import field, frozen

from ece_domain.kernel import ConcurrentChange, LockTimeout

TRIES = 5
LOCK_TRIES = 2
"""Of a call that waited for a lock in vain: each try may take the store's lock timeout."""
MAX_PAUSE = 0.05


@frozen
class RetryOnConflict:
    """A use case that is called afresh, up to five times, while it meets concurrent changes.

    The pause before each try is random, up to a limit that doubles (full jitter), so that rivals do
    not meet again. A call that names the version it expects is not retried: the version would be
    wrong each time, and the caller is the one to decide. A lock that others did not give up in time
    is waited for once more.
    """

    use_case: Callable[..., Awaitable[Any]]
    chance: Callable[[float, float], float] = field(repr=False)
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)

    async def __call__(self, **arguments: object) -> Any:  # noqa: ANN401  # whatever the use case gives
        """:raises ConcurrentChange: when even the last try met one."""
        tries = 1 if "expected_version" in arguments else TRIES
        for nth in count(1):
            try:
                return await self.use_case(**arguments)
            except LockTimeout:
                if nth >= LOCK_TRIES:
                    raise
            except ConcurrentChange:
                if nth >= tries:
                    raise
            await self.sleep(self.chance(0, MAX_PAUSE * 2**nth / 2**TRIES))
        raise AssertionError  # count() has no end


def is_use_case(kind: object) -> bool:
    """Whether it is a class whose instances are awaited when called, as every use case is."""
    return inspect.isclass(kind) and inspect.iscoroutinefunction(vars(kind).get("__call__"))
