"""A simulated server process, which can crash at any moment and loses its memory."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from attrs import define, field

from ece_domain.kernel import Unavailable

T = TypeVar("T")


@define(eq=False)
class Process:
    """A process: its tasks end with it, and its objects are created again when it restarts."""

    name: str
    is_up: bool = False
    starts: int = 0
    desks: dict[object, Any] = field(factory=dict)
    """The use cases of each context, created when the process started."""
    _running: dict[asyncio.Task[Any], None] = field(factory=dict)

    async def answer(self, call: Coroutine[Any, Any, T], hang_up_after: float | None = None) -> T:
        """Run a client's call.

        :raises Unavailable: if the process crashed meanwhile, or the client hung up. Whether the
            call had its effect is not known then.
        """
        task = self.keep(call)
        if hang_up_after is not None:
            asyncio.get_running_loop().call_later(hang_up_after, task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            raise Unavailable(what=self.name) from None
        finally:
            self._running.pop(task, None)

    def keep(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run a coroutine until it ends or the process crashes."""
        task = asyncio.ensure_future(work)
        self._running[task] = None
        return task

    def crash(self) -> None:
        """Cancel all running tasks."""
        self.is_up = False
        self.desks.clear()
        for task in self._running:
            task.cancel()
        self._running.clear()
