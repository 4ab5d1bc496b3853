"""The memory store: every port in dictionaries, with the same errors as PostgreSQL."""

from .engine.database import MemoryDatabase, MemoryTransaction

__all__ = ["MemoryDatabase", "MemoryTransaction"]
