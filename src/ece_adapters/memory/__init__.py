"""Every port in dictionaries, with the same refusals as the real store."""

from .engine.database import MemoryDatabase, MemoryTransaction

__all__ = ["MemoryDatabase", "MemoryTransaction"]
