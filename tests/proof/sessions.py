"""Database sessions that a test steps through, one statement at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
from attrs import define

from ece_adapters.postgres import PostgresDatabase
from ece_adapters.postgres.engine.database import PostgresTransaction
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_domain.kernel import IdempotencyKey, IdempotentRequest, run_once
from ece_domain.ledger import Account, Move, Settlement, SettlementId
from tests.contract.ledger.stores import a_user, an_id, deposit
from tests.strategies.ledger import NOON

T = TypeVar("T")

_REQUEST = IdempotentRequest.of(a_user("teller"), IdempotencyKey("mine"), "test.deposit")
_SETTINGS = {"lock_timeout": "5s", "deadlock_timeout": "20ms", "timezone": "UTC"}


def a_settlement(name: object, *moves: Move) -> Settlement:
    return Settlement(SettlementId(an_id("settlement", name)), "test.settle", moves)


@define
class Session:
    """One connection, in autocommit mode except between start and commit."""

    connection: asyncpg.Connection

    async def start(self, isolation: str = "READ COMMITTED") -> None:
        await self.connection.execute(f"BEGIN ISOLATION LEVEL {isolation}")

    async def commit(self) -> None:
        await self.connection.execute("COMMIT")

    async def rollback(self) -> None:
        await self.connection.execute("ROLLBACK")

    @asynccontextmanager
    async def begin(self, **_: object) -> AsyncIterator[PostgresTransaction]:
        """The port of the use cases: reads, then one statement at the end."""
        unit = UnitOfWork(None, connection=self.connection)
        yield PostgresTransaction(unit)
        await unit.commit()

    async def save(self, *changes: Callable[[PostgresTransaction], object]) -> None:
        async with self.begin() as transaction:
            for change in changes:
                change(transaction)

    async def settle(self, name: object, *moves: Move, now: datetime = NOON) -> None:
        settlement = a_settlement(name, *moves)
        await self.save(lambda transaction: transaction.ledger.settle(settlement, now))

    async def deposit_once(self, to: Account, name: str) -> str:
        """A deposit with the shared idempotency key; its name is the result."""

        async def effect(transaction: PostgresTransaction) -> str:
            transaction.ledger.settle(a_settlement(name, deposit(to, 5)), NOON)
            return name

        return (await run_once(self.begin, _REQUEST, str, effect)).value

    async def balance(self, account: Account) -> int:
        async with self.begin() as transaction:
            return await transaction.books.balance_of(account)

    async def sql(self, text: str, *arguments: object) -> Any:
        """Run plain SQL without guards; return the first value of the first row."""
        return await self.connection.fetchval(text, *arguments)


@define
class Sessions:
    """Sessions A, B and C, and one that observes lock waits."""

    database: PostgresDatabase
    a: Session
    b: Session
    c: Session
    _observer: asyncpg.Connection
    waits: int = 0

    @classmethod
    @asynccontextmanager
    async def on(cls, database: PostgresDatabase) -> AsyncIterator["Sessions"]:
        async with AsyncExitStack() as stack:
            connections = [
                await asyncpg.connect(database.dsn, server_settings=_SETTINGS) for _ in range(4)
            ]
            for connection in connections:
                stack.push_async_callback(connection.close)
            yield cls(database, *map(Session, connections[:3]), connections[3])

    async def b_waits_for_a(self, step: Awaitable[T]) -> "asyncio.Future[T]":
        """Start a step of B; return once it waits for a lock of A."""
        return await self._waits(self.b, self.a, step)

    async def a_waits_for_b(self, step: Awaitable[T]) -> "asyncio.Future[T]":
        return await self._waits(self.a, self.b, step)

    async def _waits(self, who: Session, whom: Session, step: Awaitable[T]) -> "asyncio.Future[T]":
        started = asyncio.ensure_future(step)
        pids = [session.connection.get_server_pid() for session in (who, whom)]
        while not await self._observer.fetchval("SELECT $2 = ANY (pg_blocking_pids($1))", *pids):
            assert not started.done(), f"did not wait: {started}"
        self.waits += 1
        return started
