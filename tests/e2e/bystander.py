"""Another client of a server: how long its requests take while one long request is answered."""

import asyncio
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Final, Self

from attrs import define, field, frozen

from .raw_http import Answer, RawConnection

LOOP_SECONDS: Final = 0.05
"""Processor time of the event loop that one request may take."""
BYSTANDER_SECONDS: Final = 0.1
"""Time in which others get their answers meanwhile."""
ATTEMPTS: Final = 8
"""The best of so many counts: other processes of the machine delay both clients, too."""
_REQUESTS: Final = tuple(
    b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path
    for path in (b"/health/live", b"/v1/listings?limit=1")
)


@frozen
class Impact:
    """What one request does to others."""

    loop_seconds: float
    """Processor time of the thread of the server's event loop, which neighbors do not disturb."""
    slowest_seconds: float
    """The slowest answer that another client got meanwhile."""

    @property
    def is_small(self) -> bool:
        return self.loop_seconds < LOOP_SECONDS and self.slowest_seconds < BYSTANDER_SECONDS

    def best(self, other: "Impact") -> "Impact":
        return Impact(
            min(self.loop_seconds, other.loop_seconds),
            min(self.slowest_seconds, other.slowest_seconds),
        )


@define
class Bystander:
    """Asks for the health and for a page, again and again, on a connection of its own."""

    port: int
    pid: int
    requests_count: int = 0
    _own: RawConnection = field(init=False)
    _other: RawConnection = field(init=False)

    async def __aenter__(self) -> Self:
        self._own, self._other = RawConnection(self.port), RawConnection(self.port)
        await self._ask()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._own.drop()
        self._other.drop()

    async def impact_of(self, said: bytes, *, timeout_seconds: float = 60) -> Impact:
        """Send it alone, for the processor time; then again, beside requests of another client."""
        before = self._loop_seconds()
        await self._answer(said, timeout_seconds)
        spent = self._loop_seconds() - before
        task = asyncio.create_task(_finished(self._answer(said, timeout_seconds)))
        slowest = 0.0
        while True:
            slowest = max(slowest, await self._ask())
            if task.done():
                return Impact(spent, slowest)

    async def _answer(self, said: bytes, timeout_seconds: float) -> Answer | None:
        """None if the server closed the connection, or waits for the rest of the request."""
        self._other.drop()
        await self._other.say(said)
        try:
            return await self._other.answer(
                timeout_seconds=timeout_seconds, to_head=said.startswith(b"HEAD")
            )
        except TimeoutError:
            return None

    async def _ask(self) -> float:
        """The seconds of the slower of two answers."""
        slowest = 0.0
        for request in _REQUESTS:
            started = time.perf_counter()
            await self._own.say(request)
            answer = await self._own.answer(timeout_seconds=60)
            slowest = max(slowest, time.perf_counter() - started)
            assert answer is not None
            assert answer.status == 200, answer
            self.requests_count += 1
        return slowest

    def _loop_seconds(self) -> float:
        """Uvicorn runs the event loop in the main thread, whose id is that of the process."""
        nanoseconds = Path(f"/proc/{self.pid}/task/{self.pid}/schedstat").read_text().split()[0]
        return int(nanoseconds) / 1e9


async def _finished(work: Awaitable[object]) -> None:
    await work
