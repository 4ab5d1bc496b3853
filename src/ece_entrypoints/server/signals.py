"""Ends the process on a signal, without an exception inside of a running event loop.

An exception of a signal handler is raised wherever the main thread is. Within an event loop that is
often a callback of a library in C, which then crashes or never finishes.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, Final, TypeVar

from attrs import define

from ece_entrypoints.cli.exit_codes import Exit

T = TypeVar("T")

_SIGNALS: Final = ("SIGHUP", "SIGINT", "SIGTERM")


@define
class _Ending:
    """What a signal finds: whether an event loop runs, and its task."""

    is_requested: bool = False
    is_in_loop: bool = False
    task: asyncio.Task[Any] | None = None

    def request(self, _: int, __: FrameType | None) -> None:
        """End what runs, once: during the cleanup further signals do nothing."""
        self.is_requested = True
        _handle_signals(signal.SIG_IGN)
        if not self.is_in_loop:
            sys.exit(Exit.DONE)
        if self.task:
            self.task.get_loop().call_soon_threadsafe(self.task.cancel)


_ending = _Ending()


def exit_on_signals() -> None:
    """Make Ctrl-C, a closed terminal and SIGTERM exit with code 0, after all cleanup.

    While uvicorn runs, it handles these signals itself, and raises them again when it has ended.
    """
    _handle_signals(_ending.request)


def _handle_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for name in _SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), handler)


def run(
    work: Coroutine[Any, Any, T],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> T:
    """Like ``asyncio.run``; after ``exit_on_signals`` a signal cancels the work in its loop.

    :raises SystemExit: if a signal came.
    """
    _ending.is_in_loop = True
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            result = runner.run(_cancellable(work))
    except BaseException:  # also what the cancellation caused
        if _ending.is_requested:
            sys.exit(Exit.DONE)
        raise
    finally:
        _ending.is_in_loop = False
    if _ending.is_requested:
        sys.exit(Exit.DONE)
    return result


async def _cancellable(work: Coroutine[Any, Any, T]) -> T:
    if _ending.is_requested:
        work.close()
        raise asyncio.CancelledError
    _ending.task = asyncio.current_task()
    try:
        return await work
    finally:
        _ending.task = None
