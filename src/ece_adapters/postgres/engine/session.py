"""What the exchange's sessions rely on, with and without a connection pooler in between.

A session of our own gets its settings when it starts. A pooler in transaction mode (pgbouncer)
refuses most of these, and lends another server connection to each transaction: there a transaction
brings its settings along, in the round trip of its ``BEGIN``, and every read needs a transaction.
"""

from enum import Enum
from typing import Any, Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from attrs import define, frozen

from .connection import connection_arguments
from .roles import AS_APPLICATION


class Pooler(Enum):
    """What stands between the exchange and the server."""

    none = "none"
    """Nothing: a connection is a session, with its settings and prepared statements."""
    transaction = "transaction"
    """A pooler in transaction mode that knows nothing of prepared statements."""
    prepared = "prepared"
    """A pooler in transaction mode that keeps prepared statements: pgbouncer 1.21 and newer."""


_STARTUP: Final = {"application_name": "ece", "timezone": "UTC"}
_LIMITS: Final = {
    "jit": "off",  # compiling costs more than our short statements take
    "lock_timeout": "2s",
    "statement_timeout": "5s",
    # A client that vanishes in the middle of a transaction blocks others no longer than this,
    # whether it hangs or its machine or network is gone.
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
        """
        What ``asyncpg.create_pool`` takes.

        :raises InvalidDatabaseUrl: if the URL is none.
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
        """Whether one statement after another reaches the same server connection by itself."""
        return self.pooler is Pooler.none

    def transaction(
        self, connection: PoolConnectionProxy, *, is_snapshot: bool = False
    ) -> "LocalTransaction":
        """Not started yet; with ``is_snapshot`` all of its reads see the same moment."""
        isolation = " ISOLATION LEVEL REPEATABLE READ" if is_snapshot else ""
        access = " READ ONLY" if self.is_read_only else ""
        settings = "" if self.has_own_connection else _SET_LIMITS
        return LocalTransaction(connection, f"BEGIN{isolation}{access}{settings}")


OWN_SESSION: Final = Session()


@define
class LocalTransaction:
    """A transaction whose settings end with it."""

    _connection: PoolConnectionProxy
    _beginning: str

    async def start(self) -> None:
        await self._connection.execute(self._beginning)

    async def commit(self) -> None:
        """:raises asyncpg.InFailedSQLTransactionError: if a statement failed before."""
        if await self._connection.execute("COMMIT") != "COMMIT":
            raise asyncpg.InFailedSQLTransactionError("an earlier statement failed")

    async def rollback(self) -> None:
        await self._connection.execute("ROLLBACK")
