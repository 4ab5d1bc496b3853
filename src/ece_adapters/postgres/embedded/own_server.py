"""Base of an embedded server, started by this process or by another one."""

import hmac
from abc import abstractmethod
from contextlib import suppress
from urllib.parse import quote

import asyncpg

from ece_adapters.postgres.engine.connection import connect
from ece_adapters.postgres.engine.roles import APPLICATION
from ece_adapters.postgres.engine.server import PostgresServer

USER = "ece"
"""The superuser, for migrations. The exchange logs in as the application."""


class OwnServer(PostgresServer):
    """A server on the loopback of this machine, with a known superuser password."""

    @abstractmethod
    def address(self) -> tuple[str, int]:
        """The superuser's password, and the port."""

    def url(self, database: str = "postgres") -> str:
        """The URL for the superuser."""
        password, port = self.address()
        return _url(USER, password, port, database)

    def application_url(self, database: str) -> str:
        password, port = self.address()
        return _url(APPLICATION, _application_password(password), port, database)

    async def let_application_log_in(self) -> None:
        """Let the application's role log in with a password; does nothing if it can already."""
        password, _ = self.address()
        connection = await connect(self.url())
        try:
            # One process at a time; the lock ends with the session.
            await connection.execute("SELECT pg_advisory_lock(hashtext('ece accounts'))")
            with suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
                await connection.execute(f"CREATE ROLE {APPLICATION} NOLOGIN")
            may_log_in = "SELECT rolcanlogin FROM pg_roles WHERE rolname = $1"
            if not await connection.fetchval(may_log_in, APPLICATION):
                await connection.execute(
                    f"ALTER ROLE {APPLICATION} LOGIN PASSWORD '{_application_password(password)}'"
                )
        finally:
            await connection.close()


def _application_password(password: str) -> str:
    """Derived from the superuser's password, so it needs no file; the reverse is not possible."""
    return hmac.new(password.encode(), APPLICATION.encode(), "sha256").hexdigest()


def _url(user: str, password: str, port: int, database: str) -> str:
    return f"postgresql://{user}:{password}@127.0.0.1:{port}/{quote(database, safe='')}"
