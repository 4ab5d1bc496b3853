"""The PostgreSQL store, its migrations, and an embedded server."""

from .engine.database import PostgresDatabase, PostgresTransaction

__all__ = ["PostgresDatabase", "PostgresTransaction"]
