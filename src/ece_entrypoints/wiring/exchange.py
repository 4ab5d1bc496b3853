"""All parts of an exchange; each is built once, when it is first needed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from dependency_injector import containers, providers

from ece_adapters import system
from ece_adapters.memory import MemoryDatabase
from ece_adapters.memory.engine.rate_limiter import MemoryRateLimiter
from ece_adapters.postgres.engine.database import PostgresDatabase
from ece_adapters.storage.store_transaction import StoreTransaction
from ece_domain.kernel import Begin, PruneIdempotencyRecords, SequenceEvents

from .cards import CardsContainer
from .identity import IdentityContainer
from .ledger import LedgerContainer
from .market import MarketContainer
from .rate_limits import general_limit
from .sales import SalesContainer
from .security_log import log_security_events
from .settings import Settings
from .typed_providers import given, single


class Exchange(containers.DeclarativeContainer):
    """``Exchange(settings=Settings(...))`` is a whole exchange, with one container per context."""

    settings = providers.Dependency(instance_of=Settings)
    clock = providers.Object(system.now)
    new_id = providers.Object(system.new_id)
    secret = providers.Singleton(system.read_or_make_secret, settings.provided.secret_file)
    other_secrets = providers.Callable(system.read_secrets, settings.provided.other_secret_files)
    database = providers.Selector(
        settings.provided.store.value,
        memory=providers.Singleton(
            MemoryDatabase,
            new_id=new_id,
            clock=clock,
            on_commit=providers.Object(log_security_events),
        ),
        postgres=providers.Singleton(
            PostgresDatabase,
            settings.provided.database_url,
            connections=settings.provided.database_connections,
            new_id=new_id,
            on_commit=providers.Object(log_security_events),
            pooler=settings.provided.database_pooler,
        ),
    )
    # For public lists, which may lag behind the primary.
    public_reads = providers.Selector(
        settings.provided.public_reads_from,
        database=database,
        replica=providers.Singleton(
            PostgresDatabase,
            settings.provided.database_replica_url,
            connections=settings.provided.database_connections,
            is_read_only=True,
        ),
    )
    rate_limiter = providers.Singleton(MemoryRateLimiter, clock=clock)
    general_limit = providers.Singleton(general_limit, settings)
    begin: providers.Provider[Begin[StoreTransaction]] = database.provided.begin
    begin_public_read: providers.Provider[Begin[StoreTransaction]] = public_reads.provided.begin
    prune_idempotency_records = single(
        PruneIdempotencyRecords,
        begin=given(begin),
        clock=given(clock),
        retention=given(
            providers.Factory(timedelta, days=settings.provided.idempotency_retention_days)
        ),
    )
    sequence_events = single(SequenceEvents, begin=given(begin))
    identity = providers.Container(
        IdentityContainer,
        begin=begin,
        clock=clock,
        new_id=new_id,
        settings=settings,
        secret=secret,
        other_secrets=other_secrets,
        rate_limiter=rate_limiter,
    )
    cards = providers.Container(
        CardsContainer,
        begin=begin,
        begin_public_read=begin_public_read,
        clock=clock,
        new_id=new_id,
    )
    ledger = providers.Container(LedgerContainer, begin=begin, clock=clock, new_id=new_id)
    sales = providers.Container(SalesContainer, begin=begin)
    market = providers.Container(
        MarketContainer,
        begin=begin,
        begin_public_read=begin_public_read,
        clock=clock,
        new_id=new_id,
    )


@asynccontextmanager
async def opened(exchange: Exchange) -> AsyncIterator[None]:
    """Open the connections of the exchange, and close them at the end of the block."""
    databases = (exchange.database(), exchange.public_reads())
    async with AsyncExitStack() as cleanup:
        for database in databases[: 1 if databases[0] is databases[1] else 2]:
            await database.open()
            cleanup.push_async_callback(database.close)
        yield
