"""The memory store behind a bad line: slow, losing connections, and swallowing answers."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from inspect import iscoroutinefunction
from typing import Any

from attrs import define, field

from ece_adapters.memory import MemoryDatabase, MemoryTransaction
from ece_domain.kernel import Unavailable

DELAYS = (0.0, 0.0, 0.001, 0.02, 0.5)
"""Seconds. Only zeros would leave most races unseen."""


@define
class FaultyStore:
    """``begin`` opens a transaction, and may fail before or after its commit."""

    chance: random.Random
    fault_rate: float
    on_commit: Callable[[], None]
    database: MemoryDatabase = field(factory=MemoryDatabase)
    faults: Counter[str] = field(factory=Counter)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        await self._wait()
        self._maybe_fail("no connection")
        async with self.database.begin() as transaction:
            yield _Slow(transaction, self)
            await self._wait()
            self._maybe_fail("lost before the commit")
        self.on_commit()
        self._maybe_fail("lost after the commit")
        await self._wait()

    async def _wait(self) -> None:
        await asyncio.sleep(self.chance.choice(DELAYS))

    def _maybe_fail(self, what: str) -> None:
        if self.chance.random() < self.fault_rate:
            self.faults[what] += 1
            raise Unavailable(what="database")


@define
class _Slow:
    """Lets time pass before every read, so that others can come between."""

    _behind: Any
    _store: FaultyStore

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._behind, name)
        if isinstance(self._behind, MemoryTransaction):
            return _Slow(found, self._store)
        if not iscoroutinefunction(found):
            return found

        async def later(*arguments: Any, **named: Any) -> Any:
            await self._store._wait()
            self._store._maybe_fail("lost at a read")
            return await found(*arguments, **named)

        return later
