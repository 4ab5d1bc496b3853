"""Read by mypy, never run: both stores satisfy every transaction of the domain, by structure.

``test_ports.py`` fails when a transaction is missing among the bases of ``StoreTransaction``.
"""

from ece_adapters.memory import MemoryDatabase
from ece_adapters.postgres import PostgresDatabase
from ece_adapters.storage.store_transaction import StoreTransaction
from ece_domain.kernel import Begin


def memory(database: MemoryDatabase) -> Begin[StoreTransaction]:
    return database.begin


def postgres(database: PostgresDatabase) -> Begin[StoreTransaction]:
    return database.begin
