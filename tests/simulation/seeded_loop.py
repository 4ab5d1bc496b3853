"""A deterministic event loop with a virtual clock: a seed decides what runs next.

The seed selects one of all callbacks that can run; when none can, the virtual clock jumps to the
next timer. The same seed gives the same history, so a failure is reproducible.
"""

import asyncio
import heapq
import random
from asyncio import base_events, events
from asyncio.futures import _set_result_unless_cancelled as _wake_sleeper
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, TypeVar

T = TypeVar("T")


class NothingCanRun(RuntimeError):
    """All tasks wait for each other."""


class SeededLoop(base_events.BaseEventLoop):
    """An event loop without sockets, threads, signals and real time."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        # The names are those of the loop that asyncio ships: this is its documented extension point
        # in all but name, and the tests of this folder would notice if it changed.
        self._ready = deque[events.Handle]()
        self._scheduled: list[events.TimerHandle] = []
        self._moment = 0.0
        self.digest = 0
        """A digest of every scheduling choice: equal histories have equal digests."""

    def time(self) -> float:
        return self._moment

    def call_soon(
        self, callback: Callable[..., object], *arguments: Any, context: Context | None = None
    ) -> events.Handle:
        """Like asyncio's, without its debug checks."""
        handle = events.Handle(callback, arguments, self, context)
        self._ready.append(handle)
        return handle

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *arguments: Any,
        context: Context | None = None,
    ) -> events.TimerHandle:
        """As asyncio's, without its checks."""
        timer = events.TimerHandle(self._moment + delay, callback, arguments, self, context)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def run_in_executor(self, executor: object, function: object, *arguments: object) -> Any:
        raise NothingCanRun("threads have no seed")

    def _process_events(self, event_list: object) -> None:
        """Do nothing: the loop has no asynchronous generators to track."""

    def _write_to_self(self) -> None:
        """Do nothing: the loop never waits in a selector, so there is nothing to wake."""

    def _asyncgen_firstiter_hook(self, agen: object) -> None:
        """Keep no list of generators to close: all tasks run to their end."""

    def _run_once(self) -> None:
        ready, timers = self._ready, self._scheduled
        if not ready or (timers and timers[0].when() <= self._moment):
            self._wake_what_is_due()
        if not ready:
            return
        chosen = int(self._chance.random() * len(ready)) if len(ready) > 1 else 0
        handle = ready[chosen]
        del ready[chosen]
        self.digest = (self.digest * 1_000_003 + chosen + 1) % 2**61
        if not handle._cancelled:
            handle._run()

    def _wake_what_is_due(self) -> None:
        ready, timers = self._ready, self._scheduled
        while timers and timers[0].cancelled():
            heapq.heappop(timers)._scheduled = False
        if not ready:
            if not timers:
                if self._stopping:  # type: ignore[attr-defined]  # untyped in the standard library
                    return
                raise NothingCanRun(f"at {self._moment:.3f} s")
            self._moment = max(self._moment, timers[0].when())
        while timers and timers[0].when() <= self._moment:
            timer = heapq.heappop(timers)
            timer._scheduled = False
            if timer._callback is _wake_sleeper:
                timer._run()  # takes no turn: when the sleeper goes on is chosen anyway
            else:
                ready.append(timer)


def run_seeded(chance: random.Random, main: Callable[[SeededLoop], Awaitable[T]]) -> tuple[T, int]:
    """Run ``main`` to its end; return its result and the digest of the history."""
    loop = SeededLoop(chance)
    before = events._get_running_loop()
    events._set_running_loop(None)
    try:
        result = loop.run_until_complete(_as_coroutine(main, loop))
        # What is cancelled below is no part of it, and in no order.
        return result, loop.digest
    finally:
        _end(loop)
        events._set_running_loop(before)


def _end(loop: SeededLoop) -> None:
    """Cancel the remaining tasks, wait for them, and close the loop."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left))
    for task in left:
        if not task.cancelled():
            task.exception()
    loop._closed = True


async def _as_coroutine(main: Callable[[SeededLoop], Awaitable[T]], loop: SeededLoop) -> T:
    return await main(loop)
