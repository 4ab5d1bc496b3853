"""Read by mypy, never run: both stores satisfy every context's transaction, by structure alone."""

from ece_adapters.memory import MemoryDatabase
from ece_adapters.postgres import PostgresDatabase
from ece_domain.cards.storage import CardsTransaction
from ece_domain.identity.storage import IdentityTransaction
from ece_domain.kernel import Begin, EventLogTransaction, IdempotentTransaction
from ece_domain.ledger.storage import LedgerTransaction, PayoutTransaction
from ece_domain.market.storage import MarketTransaction
from ece_domain.sales.storage import SalesTransaction


def memory_serves_requests(database: MemoryDatabase) -> Begin[IdempotentTransaction]:
    return database.begin


def memory_serves_events(database: MemoryDatabase) -> Begin[EventLogTransaction]:
    return database.begin


def memory_serves_identity(database: MemoryDatabase) -> Begin[IdentityTransaction]:
    return database.begin


def memory_serves_cards(database: MemoryDatabase) -> Begin[CardsTransaction]:
    return database.begin


def memory_serves_the_ledger(database: MemoryDatabase) -> Begin[LedgerTransaction]:
    return database.begin


def memory_serves_payouts(database: MemoryDatabase) -> Begin[PayoutTransaction]:
    return database.begin


def memory_serves_sales(database: MemoryDatabase) -> Begin[SalesTransaction]:
    return database.begin


def memory_serves_the_market(database: MemoryDatabase) -> Begin[MarketTransaction]:
    return database.begin


def postgres_serves_requests(database: PostgresDatabase) -> Begin[IdempotentTransaction]:
    return database.begin


def postgres_serves_events(database: PostgresDatabase) -> Begin[EventLogTransaction]:
    return database.begin


def postgres_serves_identity(database: PostgresDatabase) -> Begin[IdentityTransaction]:
    return database.begin


def postgres_serves_cards(database: PostgresDatabase) -> Begin[CardsTransaction]:
    return database.begin


def postgres_serves_the_ledger(database: PostgresDatabase) -> Begin[LedgerTransaction]:
    return database.begin


def postgres_serves_payouts(database: PostgresDatabase) -> Begin[PayoutTransaction]:
    return database.begin


def postgres_serves_sales(database: PostgresDatabase) -> Begin[SalesTransaction]:
    return database.begin


def postgres_serves_the_market(database: PostgresDatabase) -> Begin[MarketTransaction]:
    return database.begin
