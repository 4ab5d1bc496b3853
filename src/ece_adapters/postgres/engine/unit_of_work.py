"""One transaction: reads are sent immediately, writes are collected and sent at the end."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from attrs import define, field

from ece_adapters.storage.event_origin import UNKNOWN_ORIGIN, OnCommit, Origin, ignore
from ece_adapters.storage.write_order import Phase
from ece_domain.kernel import Event, NewId, Unavailable

from .batch import Batch
from .event_rows import INSERT_EVENTS, new_event_id, outbox_columns
from .refusals import refusal_for
from .session import OWN_SESSION, LocalTransaction, Session

T = TypeVar("T")

_CHUNK: Final = 5_000
"""Rows per fetch of a stream."""
_BULK_PATIENCE: Final = 600.0
"""Seconds for each step of a bulk read or write, where the usual timeouts are too short."""
_POOL_PATIENCE: Final = 5.0
"""Seconds to wait for a connection of the pool."""


@define
class UnitOfWork:
    """Takes one connection when it first needs one, and keeps it to the end.

    It sends BEGIN only for a locking read, ``copy`` or ``stream``: otherwise each read is on its
    own, as it would be at READ COMMITTED, and the statement of the writes is a transaction of its
    own. Behind a pooler the first read or write sends BEGIN too, without further consequences.
    """

    _pool: asyncpg.Pool
    origin: Origin = UNKNOWN_ORIGIN
    new_id: NewId = new_event_id
    _session: Session = OWN_SESSION
    on_commit: OnCommit = ignore
    batch: Batch = field(factory=Batch)
    _events: list[Event] = field(factory=list)
    _connection: PoolConnectionProxy | None = None
    _transaction: LocalTransaction | None = None
    _is_explicit: bool = False
    """Whether the transaction must last, because of its locks or its snapshot."""

    async def fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await self._ready()
        return await self._answer(connection.fetch, sql, *arguments)

    async def fetch_row(self, sql: str, *arguments: object) -> asyncpg.Record | None:
        connection = await self._ready()
        return await self._answer(connection.fetchrow, sql, *arguments)

    async def fetch_row_for_update(self, sql: str, *arguments: object) -> asyncpg.Record | None:
        """Read a row with a locking clause; it stays locked to the end of the transaction.

        Other callers of the row wait in the order in which they asked. Read everything else first,
        so that they wait as briefly as possible.
        """
        await self._begin()
        return await self.fetch_row(sql, *arguments)

    async def fetch_for_update(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        """Like ``fetch_row_for_update``, for several rows."""
        await self._begin()
        return await self.fetch(sql, *arguments)

    async def stream(self, sql: str, *arguments: object) -> AsyncIterator[asyncpg.Record]:
        """Read rows in chunks. From here to the end, all reads see one snapshot."""
        connection = await self._connect()
        if not self._is_explicit:
            await self._end_transaction()
            await self._start(self._session.transaction(connection, is_snapshot=True))
            self._is_explicit = True
            await self._answer(connection.execute, "SET LOCAL statement_timeout = 0")
        # Without a name: behind a pooler, a named statement would stay for other clients.
        statement = await self._answer(partial(connection.prepare, sql, name=""))
        rows = await self._answer(partial(statement.cursor, *arguments, timeout=_BULK_PATIENCE))
        while chunk := await self._answer(partial(rows.fetch, _CHUNK, timeout=_BULK_PATIENCE)):
            for row in chunk:
                yield row

    async def copy(
        self, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
    ) -> None:
        """Send many rows with COPY, before the queued writes and in their transaction."""
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
        """Send the queued writes and events.

        :raises DomainError: if a guard, a constraint or a function refuses.
        """
        if self._events:
            # One part for all events: the server runs parts in an undefined order.
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
        if self._events:
            self.on_commit(self.origin.actor_id, self._events)

    async def end(self) -> None:
        """Return the connection to the pool, after a rollback if nothing was committed."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        # If the connection is lost, the server rolls back, and the pool drops the connection.
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
        """The connection; behind a pooler, with a transaction begun on it."""
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
        """Close a connection that failed instead of returning it to the pool.

        The server may be crashing or may not respond, so its next user would fail too.
        """
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with suppress(asyncpg.InterfaceError):  # it was closed before, and has left the pool
                connection.terminate()
