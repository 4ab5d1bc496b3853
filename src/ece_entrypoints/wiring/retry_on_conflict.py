"""Retries a use case whose transaction met a concurrent change."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from attrs import field, frozen

from ece_domain.kernel import ConcurrentChange, LockTimeout

MAX_TRIES = 5
MAX_LOCK_TRIES = 2
"""After a lock timeout: each try may wait for the store's whole lock timeout."""
MAX_PAUSE_SECONDS = 0.05


@frozen
class RetryOnConflict:
    """Calls a use case up to five times while it is refused as ``ConcurrentChange``.

    The pause before a retry is random, up to a limit that doubles (full jitter), so that callers do
    not collide again. A call with an ``expected_version`` is not retried, as the version would be
    wrong again; its caller must decide. After a lock timeout there is one retry.
    """

    use_case: Callable[..., Awaitable[Any]]
    chance: Callable[[float, float], float] = field(repr=False)
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)

    async def __call__(self, **arguments: object) -> Any:  # noqa: ANN401  # the result of any use case
        """:raises ConcurrentChange: if the last try was refused too."""
        tries = 1 if "expected_version" in arguments else MAX_TRIES
        for nth in count(1):
            try:
                return await self.use_case(**arguments)
            except LockTimeout:
                if nth >= MAX_LOCK_TRIES:
                    raise
            except ConcurrentChange:
                if nth >= tries:
                    raise
            await self.sleep(self.chance(0, MAX_PAUSE_SECONDS * 2**nth / 2**MAX_TRIES))
        raise AssertionError  # count() has no end


def is_use_case(kind: object) -> bool:
    """Whether it is a class with an asynchronous ``__call__``, as every use case is."""
    return inspect.isclass(kind) and inspect.iscoroutinefunction(vars(kind).get("__call__"))
