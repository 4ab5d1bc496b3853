"""One transaction: reads at once, writes gathered and sent together at its end."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from attrs import define, field

from ece_adapters.storage.event_origin import UNKNOWN_ORIGIN, Origin
from ece_adapters.storage.write_order import Phase
from ece_domain.kernel import Event, NewId, Unavailable

from .batch import Batch
from .event_rows import INSERT_EVENTS, new_event_id, outbox_columns
from .refusals import refusal_for
from .session import OWN_SESSION, LocalTransaction, Session

T = TypeVar("T")

_CHUNK: Final = 5_000
"""Rows of a stream that are fetched at once."""
_BULK_PATIENCE: Final = 600.0
"""Seconds for each step of what moves many rows, where the usual limits are too short."""
_POOL_PATIENCE: Final = 5.0
"""Seconds to wait for a free connection, or a new one."""


@define
class UnitOfWork:
    """Takes one connection at most, when it first needs one, and keeps it to its end.

    Without a locking read, ``copy`` or ``stream`` there is no BEGIN: each read stands alone, as at
    READ COMMITTED it would anyway, and the one statement of the writes is a transaction of its own.
    Behind a pooler the first read or write begins a transaction, and means nothing more by it.
    """

    _pool: asyncpg.Pool
    origin: Origin = UNKNOWN_ORIGIN
    new_id: NewId = new_event_id
    _session: Session = OWN_SESSION
    batch: Batch = field(factory=Batch)
    _events: list[Event] = field(factory=list)
    _connection: PoolConnectionProxy | None = None
    _transaction: LocalTransaction | None = None
    _is_explicit: bool = False
    """Whether the transaction was asked for: its locks or its snapshot are to last."""

    async def fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await self._ready()
        return await self._answer(connection.fetch, sql, *arguments)

    async def fetch_row(self, sql: str, *arguments: object) -> asyncpg.Record | None:
        connection = await self._ready()
        return await self._answer(connection.fetchrow, sql, *arguments)

    async def fetch_row_for_update(self, sql: str, *arguments: object) -> asyncpg.Record | None:
        """A row that the SQL locks, and that stays locked to the end of the transaction.

        Whoever else wants the row waits, in order of arrival. Read what else a decision depends on
        before, so that the others wait for as short a time as possible.
        """
        await self._begin()
        return await self.fetch_row(sql, *arguments)

    async def fetch_for_update(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        """Rows that the SQL locks, as ``fetch_row_for_update`` does."""
        await self._begin()
        return await self.fetch(sql, *arguments)

    async def stream(self, sql: str, *arguments: object) -> AsyncIterator[asyncpg.Record]:
        """Rows as they are needed. From here to the end, all reads see the same snapshot."""
        connection = await self._connect()
        if not self._is_explicit:
            await self._end_transaction()
            await self._start(self._session.transaction(connection, is_snapshot=True))
            self._is_explicit = True
            await self._answer(connection.execute, "SET LOCAL statement_timeout = 0")
        # Without a name: a pooler would leave a named statement behind, for somebody else to meet.
        statement = await self._answer(partial(connection.prepare, sql, name=""))
        rows = await self._answer(partial(statement.cursor, *arguments, timeout=_BULK_PATIENCE))
        while chunk := await self._answer(partial(rows.fetch, _CHUNK, timeout=_BULK_PATIENCE)):
            for row in chunk:
                yield row

    async def copy(
        self, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
    ) -> None:
        """Send many rows at once, ahead of the queued writes and in their transaction."""
        connection = await self._begin()
        await self._answer(
            partial(
                connection.copy_records_to_table,
                table,
                columns=columns,
                records=rows,
                timeout=_BULK_PATIENCE,
            )
        )

    def publish(self, *events: Event) -> None:
        """Queue events for the outbox, which keeps their order."""
        self._events += events

    async def commit(self) -> None:
        """Send what is queued.

        :raises DomainError: what the guards, constraints and functions refuse.
        """
        if self._events:
            # One part for all: the server runs a statement's parts in no promised order.
            self.batch.write(
                INSERT_EVENTS,
                *outbox_columns(self._events, self.origin, self.new_id),
                phase=Phase.PUBLISH,
            )
        row = None
        if self.batch:
            sql, arguments = self.batch.statement()
            row = await self.fetch_row(sql, *arguments)
        await self._end_transaction()
        if row is not None:
            self.batch.give_back(row.__getitem__)

    async def end(self) -> None:
        """Give the connection back; what was not committed is undone."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        # A connection that is lost by now takes its transaction along, and leaves the pool.
        with suppress(asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError):
            try:
                if self._transaction is not None:
                    await self._transaction.rollback()
            finally:
                await self._pool.release(connection)

    async def _connect(self) -> PoolConnectionProxy:
        if self._connection is None:
            self._connection = await self._answer(
                partial(self._pool.acquire, timeout=_POOL_PATIENCE)
            )
        return self._connection

    async def _begin(self) -> PoolConnectionProxy:
        """The connection, with a transaction begun on it."""
        connection = await self._connect()
        if self._transaction is None:
            await self._start(self._session.transaction(connection))
        self._is_explicit = True
        return connection

    async def _ready(self) -> PoolConnectionProxy:
        """The connection, for a statement that needs no transaction if the connection is ours."""
        connection = await self._connect()
        if self._transaction is None and not self._session.has_own_connection:
            await self._start(self._session.transaction(connection))
        return connection

    async def _start(self, transaction: LocalTransaction) -> None:
        await self._answer(transaction.start)
        self._transaction = transaction

    async def _end_transaction(self) -> None:
        if self._transaction is not None:
            transaction, self._transaction = self._transaction, None
            await self._answer(transaction.commit)

    async def _answer(self, ask: Callable[..., Awaitable[T]], *arguments: object) -> T:
        try:
            return await ask(*arguments)
        except Exception as error:
            refusal = refusal_for(error, self.batch)
            if refusal is None:
                raise
            if isinstance(refusal, Unavailable):
                self._discard_connection()
            raise refusal from error

    def _discard_connection(self) -> None:
        """Drop a connection that failed.

        A server that crashes still says so before it hangs up, and one that hangs says nothing:
        back in the pool, either would fail the next who uses the connection.
        """
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with suppress(asyncpg.InterfaceError):  # it is closed, and has left the pool already
                connection.terminate()
