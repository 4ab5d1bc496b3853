"""The PostgreSQL store: a connection pool, and transactions with every repository."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from attrs import define, field

from ece_adapters.postgres.cards.card_sets import PostgresCardSets
from ece_adapters.postgres.cards.cards import PostgresCards
from ece_adapters.postgres.cards.catalog import PostgresCatalog
from ece_adapters.postgres.cards.printings import PostgresPrintings
from ece_adapters.postgres.identity.sessions import PostgresSessions
from ece_adapters.postgres.identity.users import PostgresUsers
from ece_adapters.postgres.ledger.books import PostgresBooks
from ece_adapters.postgres.ledger.card_histories import PostgresCardHistories
from ece_adapters.postgres.ledger.group_payouts import PostgresGroupPayouts
from ece_adapters.postgres.ledger.ledger import PostgresLedger
from ece_adapters.postgres.ledger.wallets import PostgresWallets
from ece_adapters.postgres.market.listings import PostgresListings
from ece_adapters.postgres.market.market_reader import PostgresMarketReader
from ece_adapters.postgres.sales.price_guides import PostgresPriceGuides
from ece_adapters.postgres.sales.sales import PostgresSales
from ece_adapters.postgres.sales.sales_history import PostgresSalesHistory
from ece_adapters.storage.event_origin import OnCommit, Origin, ignore
from ece_domain.kernel import NewId, Unavailable

from .event_log import PostgresEventLog
from .event_rows import new_event_id
from .idempotency_records import PostgresIdempotencyRecords
from .outbox import PostgresOutbox
from .session import Pooler, Session
from .unit_of_work import UnitOfWork

_PATIENCE = 10
"""Seconds after which a silent server counts as unavailable; longer than ``statement_timeout``."""


@define
class PostgresTransaction:
    """Every repository of the exchange, on one connection."""

    unit: UnitOfWork

    @property
    def ledger(self) -> PostgresLedger:
        return PostgresLedger(self.unit)

    @property
    def books(self) -> PostgresBooks:
        return PostgresBooks(self.unit)

    @property
    def card_sets(self) -> PostgresCardSets:
        return PostgresCardSets(self.unit)

    @property
    def printings(self) -> PostgresPrintings:
        return PostgresPrintings(self.unit)

    @property
    def cards(self) -> PostgresCards:
        return PostgresCards(self.unit)

    @property
    def catalog(self) -> PostgresCatalog:
        return PostgresCatalog(self.unit)

    @property
    def card_histories(self) -> PostgresCardHistories:
        return PostgresCardHistories(self.unit)

    @property
    def listings(self) -> PostgresListings:
        return PostgresListings(self.unit)

    @property
    def sales(self) -> PostgresSales:
        return PostgresSales(self.unit)

    @property
    def sales_history(self) -> PostgresSalesHistory:
        return PostgresSalesHistory(self.unit)

    @property
    def price_guides(self) -> PostgresPriceGuides:
        return PostgresPriceGuides(self.unit)

    @property
    def market_reader(self) -> PostgresMarketReader:
        return PostgresMarketReader(self.unit)

    @property
    def users(self) -> PostgresUsers:
        return PostgresUsers(self.unit)

    @property
    def sessions(self) -> PostgresSessions:
        return PostgresSessions(self.unit)

    @property
    def wallets(self) -> PostgresWallets:
        return PostgresWallets(self.unit)

    @property
    def group_payouts(self) -> PostgresGroupPayouts:
        return PostgresGroupPayouts(self.unit)

    @property
    def outbox(self) -> PostgresOutbox:
        return PostgresOutbox(self.unit)

    @property
    def event_log(self) -> PostgresEventLog:
        return PostgresEventLog(self.unit)

    @property
    def idempotency_records(self) -> PostgresIdempotencyRecords:
        return PostgresIdempotencyRecords(self.unit)


@define
class PostgresDatabase:
    """A connection pool. It opens while the server is down, and reconnects by itself."""

    dsn: str = field(repr=False)
    connections: int = 16
    new_id: NewId = field(default=new_event_id, kw_only=True)
    on_commit: OnCommit = field(default=ignore, kw_only=True)
    pooler: Pooler = field(default=Pooler.none, kw_only=True)
    is_read_only: bool = field(default=False, kw_only=True)
    """True for a replica."""
    _pool: asyncpg.Pool | None = field(default=None, init=False)

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            **self._session.pool_arguments(self.dsn),
            min_size=0,
            max_size=self.connections,
            command_timeout=_PATIENCE,
            reset=_nothing_to_reset,
        )

    @property
    def _session(self) -> Session:
        return Session(self.pooler, self.is_read_only)

    async def close(self) -> None:
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await pool.close()

    async def ready(self) -> bool:
        """Whether the server answers."""
        try:
            async with self.begin() as transaction:
                await transaction.unit.fetch("SELECT 1")
        except Unavailable:
            return False
        return True

    @asynccontextmanager
    async def begin(
        self, *, actor_id: UUID | None = None, cause_id: UUID | None = None
    ) -> AsyncIterator[PostgresTransaction]:
        if self._pool is None:
            raise Unavailable(what="database")
        origin = Origin(actor_id, cause_id)
        unit = UnitOfWork(self._pool, origin, self.new_id, self._session, self.on_commit)
        try:
            yield PostgresTransaction(unit)
            await unit.commit()
        finally:
            await unit.end()


async def _nothing_to_reset(_: asyncpg.Connection) -> None:
    """Do nothing: sessions have no state to reset, so the usual round trip is saved."""
