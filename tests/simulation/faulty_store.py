"""The memory store with faults: delays, lost connections and lost responses."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from inspect import iscoroutinefunction
from itertools import count
from typing import Any
from uuid import UUID

from attrs import define, field

from ece_adapters.memory import MemoryDatabase, MemoryTransaction
from ece_adapters.memory.engine.table import UndoLog
from ece_domain.kernel import Unavailable

DELAYS = (0.0, 0.0, 0.001, 0.02)
"""Delays in seconds, and how rarely each occurs. Zeros alone would hide most races."""


@define
class WriteCounter(UndoLog):
    """Records whether anything was written, so that checks can be skipped otherwise."""

    writes: int = 0

    def on_undo(self, step: Callable[[], object]) -> None:
        self.writes += 1
        super().on_undo(step)


def _a_database() -> MemoryDatabase:
    """A store whose ids and moments are the same in each run."""
    numbers = count(1)
    return MemoryDatabase(
        WriteCounter(),
        new_id=lambda: UUID(int=next(numbers)),
        clock=lambda: datetime(2026, 7, 1, tzinfo=UTC),
    )


@define
class FaultyStore:
    """``begin`` opens a transaction, and may fail before or after its commit.

    ``on_write`` is called after each transaction that wrote, also if its writes were taken back.
    """

    chance: random.Random
    fault_rate: float
    on_write: Callable[[], None]
    slowest: Callable[[], float]
    """The present maximum delay in seconds."""
    database: MemoryDatabase = field(factory=_a_database)
    faults: Counter[str] = field(factory=Counter)
    in_a_hurry: int = 0
    """The number of clients that currently need to act without delays."""
    _writes_seen: int = 0

    @asynccontextmanager
    async def begin(self, **origin: Any) -> AsyncIterator[Any]:
        await self._wait()
        self._maybe_fail("no connection")
        try:
            async with self.database.begin(**origin) as transaction:
                yield _SlowTransaction(transaction, self)
                # As a sequence does: others may commit what they number after this.
                transaction._unit.draw_number()
                await self._wait()
                self._maybe_fail("lost before the commit")
        finally:
            self._look()
        self._maybe_fail("lost after the commit")
        await self._wait()

    @asynccontextmanager
    async def begin_soundly(self, **origin: Any) -> AsyncIterator[Any]:
        """A transaction with delays but without lost responses."""
        await self._wait()
        async with self.database.begin(**origin) as transaction:
            yield transaction

    def _look(self) -> None:
        written = self.database.undo_log.writes
        if written != self._writes_seen:
            self._writes_seen = written
            self.on_write()

    def _wait(self) -> Awaitable[None]:
        # Random's own choice takes four times as long, and half of all choices are made here.
        chosen = int(self.chance.random() * (len(DELAYS) + 1))
        if self.in_a_hurry:
            return asyncio.sleep(0.0)
        return asyncio.sleep(DELAYS[chosen] if chosen < len(DELAYS) else self.slowest())

    def _maybe_fail(self, what: str) -> None:
        if self.chance.random() < self.fault_rate:
            self.faults[what] += 1
            raise Unavailable(what="database")


@define
class _SlowTransaction:
    """Delays every read of its repositories, so that other tasks can interleave."""

    _behind: MemoryTransaction
    _store: FaultyStore

    def __getattr__(self, name: str) -> "_SlowRepository":
        return _SlowRepository(getattr(self._behind, name), self._store)


@define
class _SlowRepository:
    _behind: Any
    _store: FaultyStore

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._behind, name)
        if not _answers_later(type(self._behind), name):
            return found

        async def later(*arguments: Any, **named: Any) -> Any:
            await self._store._wait()
            self._store._maybe_fail("lost at a read")
            return await found(*arguments, **named)

        return later


@cache
def _answers_later(repository: type, name: str) -> bool:
    return iscoroutinefunction(getattr(repository, name, None))
