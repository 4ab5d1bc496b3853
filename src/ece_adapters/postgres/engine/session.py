"""Settings of the exchange's database sessions, with and without a connection pooler.

Without a pooler, a session gets its settings when it starts. A pooler in transaction mode
(pgbouncer) refuses most of them, and uses another server connection for each transaction: there
each transaction sends its settings with its ``BEGIN``, and every read needs a transaction.
"""

from enum import Enum
from typing import Any, Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from attrs import define, frozen

from .connection import connection_arguments
from .roles import AS_APPLICATION


class Pooler(Enum):
    """The connection pooler between the exchange and the server."""

    none = "none"
    """No pooler: each connection is a session with settings and prepared statements."""
    transaction = "transaction"
    """A pooler in transaction mode without support for prepared statements."""
    prepared = "prepared"
    """A pooler in transaction mode with prepared statements: pgbouncer 1.21 and newer."""


_STARTUP: Final = {"application_name": "ece", "timezone": "UTC"}
_LIMITS: Final = {
    "jit": "off",  # compiling takes longer than our short statements
    "lock_timeout": "2s",
    "statement_timeout": "5s",
    # Limits how long a client that hangs or loses its network during a transaction blocks others.
    "idle_in_transaction_session_timeout": "10s",
    **AS_APPLICATION,
}
_KEEPALIVES: Final = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25s",
}
_SET_LIMITS: Final = "; SELECT " + ", ".join(
    f"set_config('{name}', '{value}', true)" for name, value in _LIMITS.items()
)


@frozen
class Session:
    pooler: Pooler = Pooler.none
    is_read_only: bool = False

    def pool_arguments(self, url: str) -> dict[str, Any]:
        """The arguments of ``asyncpg.create_pool``.

        :raises InvalidDatabaseUrl: if the URL is not valid.
        """
        if self.pooler is not Pooler.none:
            arguments = connection_arguments(url, _STARTUP)
            if self.pooler is Pooler.transaction:
                arguments["statement_cache_size"] = 0
            return arguments
        read_only = {"default_transaction_read_only": "on"} if self.is_read_only else {}
        return connection_arguments(url, {**_STARTUP, **_LIMITS, **_KEEPALIVES, **read_only})

    @property
    def has_own_connection(self) -> bool:
        """Whether consecutive statements use the same server connection without a transaction."""
        return self.pooler is Pooler.none

    def transaction(
        self, connection: PoolConnectionProxy, *, is_snapshot: bool = False
    ) -> "LocalTransaction":
        """A transaction, not started yet; with ``is_snapshot`` all its reads see one snapshot."""
        isolation = " ISOLATION LEVEL REPEATABLE READ" if is_snapshot else ""
        access = " READ ONLY" if self.is_read_only else ""
        settings = "" if self.has_own_connection else _SET_LIMITS
        return LocalTransaction(connection, f"BEGIN{isolation}{access}{settings}")


OWN_SESSION: Final = Session()


@define
class LocalTransaction:
    """A transaction on one connection, with settings that end with it."""

    _connection: PoolConnectionProxy
    _beginning: str

    async def start(self) -> None:
        await self._connection.execute(self._beginning)

    async def commit(self) -> None:
        """:raises asyncpg.InFailedSQLTransactionError: if an earlier statement failed."""
        if await self._connection.execute("COMMIT") != "COMMIT":
            raise asyncpg.InFailedSQLTransactionError("an earlier statement failed")

    async def rollback(self) -> None:
        await self._connection.execute("ROLLBACK")
