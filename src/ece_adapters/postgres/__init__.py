"""PostgreSQL: the durable store, its migrations, and a server of its own."""

from .engine.database import PostgresDatabase, PostgresTransaction

__all__ = ["PostgresDatabase", "PostgresTransaction"]
