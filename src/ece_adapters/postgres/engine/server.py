"""A PostgreSQL server on which ECE may create databases."""

from abc import ABC, abstractmethod
from typing import final
from urllib.parse import quote, urlsplit

from attrs import field, frozen

from .connection import connect


class PostgresServer(ABC):
    @abstractmethod
    def url(self, database: str = "postgres") -> str:
        """The URL of a database: ``postgresql://user:password@host:port/database``."""

    async def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of ``template`` if one is named; return its URL.

        The files of the template are copied. By default the server would write each of their pages
        to its log instead, which took 2 to 10 times the processor time.

        :raises asyncpg.DuplicateDatabaseError: if a database with this name exists.
        """
        copied = f" TEMPLATE {_quoted(template)} STRATEGY file_copy" if template else ""
        await self._execute(f"CREATE DATABASE {_quoted(name)}{copied}")
        return self.url(name)

    async def drop_database(self, name: str) -> None:
        """Drop the database if it exists, and close its connections."""
        await self._execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")

    async def _execute(self, statement: str) -> None:
        connection = await connect(self.url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@final
@frozen
class ServerByUrl(PostgresServer):
    """A server outside ECE. The account in the URL needs ``CREATEDB``."""

    any_url: str = field(repr=False)

    def url(self, database: str = "postgres") -> str:
        return urlsplit(self.any_url)._replace(path="/" + quote(database, safe="")).geturl()


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
