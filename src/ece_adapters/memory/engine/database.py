"""The memory store: an exchange in dictionaries, for tests and demonstrations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from attrs import define, field

from ece_adapters.memory.cards.card_sets import MemoryCardSets
from ece_adapters.memory.cards.cards import MemoryCards
from ece_adapters.memory.cards.catalog import MemoryCatalog
from ece_adapters.memory.cards.printings import MemoryPrintings
from ece_adapters.memory.cards.tables import CardsTables
from ece_adapters.memory.identity.sessions import MemorySessions
from ece_adapters.memory.identity.tables import IdentityTables
from ece_adapters.memory.identity.users import MemoryUsers
from ece_adapters.memory.ledger.books import MemoryBooks
from ece_adapters.memory.ledger.card_histories import MemoryCardHistories
from ece_adapters.memory.ledger.group_payouts import MemoryGroupPayouts
from ece_adapters.memory.ledger.ledger import MemoryLedger
from ece_adapters.memory.ledger.tables import LedgerTables
from ece_adapters.memory.ledger.wallets import MemoryWallets
from ece_adapters.memory.market.listings import MemoryListings
from ece_adapters.memory.market.market_reader import MemoryMarketReader
from ece_adapters.memory.market.tables import MarketTables
from ece_adapters.memory.sales.price_guides import MemoryPriceGuides
from ece_adapters.memory.sales.sales import MemorySales
from ece_adapters.memory.sales.sales_history import MemorySalesHistory
from ece_adapters.memory.sales.tables import SalesTables
from ece_adapters.storage.event_origin import OnCommit, Origin, ignore
from ece_domain.kernel import Clock, NewId

from .event_log import EventTables, MemoryEventLog, new_event_id
from .idempotency_records import MemoryIdempotencyRecords, StoredResult
from .outbox import MemoryOutbox
from .row_locks import RowLocks
from .table import Table, UndoLog
from .unit_of_work import UnitOfWork


@define
class MemoryTransaction:
    """Reads committed rows; queues writes in its unit of work."""

    _database: "MemoryDatabase"
    _unit: UnitOfWork

    @property
    def ledger(self) -> MemoryLedger:
        return MemoryLedger(self._database.ledger, self._unit)

    @property
    def books(self) -> MemoryBooks:
        return MemoryBooks(self._database.ledger, self._unit)

    @property
    def card_sets(self) -> MemoryCardSets:
        return MemoryCardSets(self._database.cards, self._unit)

    @property
    def printings(self) -> MemoryPrintings:
        return MemoryPrintings(self._database.cards, self._unit)

    @property
    def cards(self) -> MemoryCards:
        return MemoryCards(self._database.cards, self._database.ledger, self._unit)

    @property
    def catalog(self) -> MemoryCatalog:
        return MemoryCatalog(self._database.cards, self._database.ledger)

    @property
    def card_histories(self) -> MemoryCardHistories:
        return MemoryCardHistories(self._database.cards, self._database.ledger)

    @property
    def listings(self) -> MemoryListings:
        database = self._database
        return MemoryListings(
            database.market,
            database.cards,
            database.ledger,
            database.identity,
            self.sales_history,
            self._unit,
        )

    @property
    def sales(self) -> MemorySales:
        return MemorySales(self._database.sales, self._unit)

    @property
    def sales_history(self) -> MemorySalesHistory:
        return MemorySalesHistory(self._database.sales)

    @property
    def price_guides(self) -> MemoryPriceGuides:
        return MemoryPriceGuides(self._database.sales, self._database.cards)

    @property
    def market_reader(self) -> MemoryMarketReader:
        return MemoryMarketReader(self._database.market, self._database.cards, self.catalog)

    @property
    def users(self) -> MemoryUsers:
        return MemoryUsers(self._database.identity, self._unit)

    @property
    def sessions(self) -> MemorySessions:
        return MemorySessions(self._database.identity, self._unit)

    @property
    def wallets(self) -> MemoryWallets:
        return MemoryWallets(self._database.ledger, self._unit)

    @property
    def group_payouts(self) -> MemoryGroupPayouts:
        return MemoryGroupPayouts(self._database.ledger, self._unit)

    @property
    def outbox(self) -> MemoryOutbox:
        return MemoryOutbox(self._unit)

    @property
    def event_log(self) -> MemoryEventLog:
        return MemoryEventLog(self._database.outbox, self._database.undo_log)

    @property
    def idempotency_records(self) -> MemoryIdempotencyRecords:
        return MemoryIdempotencyRecords(
            self._database.idempotency_records, self._unit, self._database.clock
        )


@define
class MemoryDatabase:
    """The tables of every context. Create one per test."""

    undo_log: UndoLog = field(factory=UndoLog)
    locks: RowLocks = field(factory=RowLocks)
    new_id: NewId = field(default=new_event_id, kw_only=True)
    clock: Clock = field(default=lambda: datetime.now(UTC), kw_only=True)
    on_commit: OnCommit = field(default=ignore, kw_only=True)
    outbox: EventTables = field(init=False)
    idempotency_records: Table[tuple[UUID, str], StoredResult] = field(init=False)
    ledger: LedgerTables = field(init=False)
    identity: IdentityTables = field(init=False)
    cards: CardsTables = field(init=False)
    sales: SalesTables = field(init=False)
    market: MarketTables = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.outbox = EventTables(self.undo_log, self.new_id, self.clock)
        self.idempotency_records = Table(self.undo_log)
        self.ledger = LedgerTables(self.undo_log)
        self.identity = IdentityTables(self.undo_log)
        self.cards = CardsTables(self.undo_log)
        self.sales = SalesTables(self.undo_log)
        self.market = MarketTables(self.undo_log)

    async def open(self) -> None:
        """Does nothing; for the same interface as PostgreSQL."""

    async def close(self) -> None:
        """Does nothing; for the same interface as PostgreSQL."""

    async def ready(self) -> bool:
        return True

    @asynccontextmanager
    async def begin(
        self, *, actor_id: UUID | None = None, cause_id: UUID | None = None
    ) -> AsyncIterator[MemoryTransaction]:
        origin = Origin(actor_id, cause_id)
        unit = UnitOfWork(self.outbox, self.undo_log, self.locks, origin, self.on_commit)
        try:
            yield MemoryTransaction(self, unit)
            await unit.commit()
        finally:
            unit.end()
