"""PostgreSQL: the durable store, its migrations, and a server of its own."""

from .database import PostgresDatabase, PostgresTransaction

__all__ = ["PostgresDatabase", "PostgresTransaction"]
