"""Ports of the use cases of the ledger and of the contexts above it."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.identity.storage import UserRepository
from ece_domain.kernel import (
    EventLog,
    IdempotentTransaction,
    Page,
    PageRequest,
    Returned,
    TimeRange,
)

from .account import Account
from .card_history import OwnershipPeriod
from .closing import Closing, JournalRecord
from .group_payout import GroupPayout, PayoutId, PayoutLine
from .hold import Hold, HoldId
from .invariants import AccountLine, AccountRecord, CardRecord, RolledUpAccount
from .payout_audit import PayoutRecord
from .settlement import Settlement, SettlementId
from .settlement_receipt import SettlementReceipt
from .statement import StatementLine
from .wallet import WalletAccount


class Ledger(Protocol):
    """Applies settlements, the only way in which money and cards change hands."""

    def settle(self, settlement: Settlement, now: datetime) -> Returned[SettlementReceipt | None]:
        """Queue a settlement; the end of the transaction applies it like ``Book.settle``.

        Returns its receipt, with the balances after it; None if it was settled before.

        :raises MalformedSettlement: at once, if its moves contradict each other.
        :raises AssetMismatch: at once, if an amount's asset is not that of both accounts.
        :raises DomainError: at the transaction's end, any error of ``Book.settle``.
        :raises SettlementIdReused: at its end, if the id was used for other moves. If it was used
            for the same moves, nothing happens.
        """

    async def receipt(self, settlement_id: SettlementId) -> SettlementReceipt:
        """:raises SettlementNotFound: if there is none."""

    async def hold(self, hold_id: HoldId) -> Hold:
        """:raises HoldNotFound: if there is none."""


class LedgerTransaction(IdempotentTransaction, Protocol):
    """The transaction of a use case that settles."""

    @property
    def ledger(self) -> Ledger: ...


class Wallets(Protocol):
    """Reads accounts and holds of one user, and opens accounts before their first entry."""

    def open(self, account: Account) -> None:
        """Queue that the wallet shows the user's account. Opening it again changes nothing."""

    async def accounts(self, owner_id: UserId) -> tuple[WalletAccount, ...]:
        """The accounts that were opened or have ever had an entry or a hold, by asset."""

    async def open_holds(self, owner_id: UserId, page: PageRequest) -> Page[Hold]:
        """The open holds on the user's money and cards, the highest id (the newest) first."""

    async def statement(
        self, account: Account, settled: TimeRange, page: PageRequest
    ) -> Page[StatementLine]:
        """The entries of a user's account that were settled in a period, newest first."""

    async def past_expiry(self, context: str, now: datetime, limit: int) -> Sequence[Hold]:
        """Open holds of the context that are past their expiry, the longest overdue first."""


class WalletTransaction(LedgerTransaction, Protocol):
    """The transaction of the use cases of wallets."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def wallets(self) -> Wallets: ...


class GroupPayouts(Protocol):
    """Reads and writes group payouts with their lines. Lines never change."""

    async def find(self, payout_id: PayoutId) -> GroupPayout | None: ...

    async def get(self, payout_id: PayoutId) -> GroupPayout:
        """:raises PayoutNotFound: if there is none."""

    async def unfinished(self, limit: int) -> Sequence[PayoutId]:
        """The unfinished payouts, the oldest first."""

    async def next_lines(self, payout: GroupPayout) -> Sequence[PayoutLine]:
        """The lines of the first unsettled chunk, in their original order."""

    async def add(self, payout: GroupPayout, lines: Sequence[PayoutLine]) -> None:
        """Store a new payout and its lines with the transaction.

        :raises ConcurrentChange: if the deal has a payout by the transaction's end.
        """

    def save(self, payout: GroupPayout) -> None:
        """Store the number of settled chunks, and the events. At the transaction's end:

        :raises ConcurrentChange: if it was saved by someone else in the meantime.
        """


class PayoutTransaction(LedgerTransaction, Protocol):
    """The transaction of the use cases of group payouts."""

    @property
    def group_payouts(self) -> GroupPayouts: ...


class CardHistories(Protocol):
    """Reads the owners of single cards."""

    async def of_card(
        self, card_id: CardId, acquired: TimeRange, page: PageRequest
    ) -> Page[OwnershipPeriod]:
        """All owners that got the card in a period, the latest first.

        :raises CardNotFound: if there is no such card.
        :raises InvalidPage: if the page continues another list.
        """


class CardHistoryTransaction(Protocol):
    """The transaction of reading histories."""

    @property
    def card_histories(self) -> CardHistories: ...


class Books(Protocol):
    """Reads and closes the whole ledger, for the audit.

    The iterating reads see one snapshot for as long as they run.
    """

    async def balance_of(self, account: Account) -> int:
        """The balance of any account; without a balance row, by closings and later entries."""

    async def close(self, now: datetime, limit: int) -> Closing | None:
        """Close queued settlements, at most ``limit``, those with the lowest ids first.

        Uncommitted settlements are left for a later closing. None if the queue is empty, or if
        another process is closing.

        :raises ConcurrentChange: at the transaction's end, if another process has closed.
        """

    def closings(self) -> AsyncIterator[Closing]:
        """All closings, the first one first."""

    def journal(self) -> AsyncIterator[JournalRecord]:
        """Every settlement, also lines and transfers whose settlement is not recorded.

        Sorted by the number of the closing and then by id; unclosed ones last.
        """

    def account_lines(self) -> AsyncIterator[AccountLine]:
        """The entries of the accounts with balance rows; those of one account sorted by nth."""

    def accounts(self) -> AsyncIterator[AccountRecord]:
        """Every account with a balance row."""

    def rolled_up(self) -> AsyncIterator[RolledUpAccount]:
        """Every account without a balance row, with its balance from ``balance_of``."""

    def cards(self) -> AsyncIterator[CardRecord]:
        """Every card, with its transfers and open holds."""

    def payouts(self) -> AsyncIterator[PayoutRecord]:
        """Every group payout, with its lines, settlements and account."""


class BooksTransaction(Protocol):
    """The transaction of closing and auditing the ledger."""

    @property
    def event_log(self) -> EventLog: ...

    @property
    def books(self) -> Books: ...
