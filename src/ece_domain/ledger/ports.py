"""What the ledger's use cases, and those of the contexts above it, ask of a store."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from ece_domain.kernel import EventLog, IdempotentTransaction, Returned

from .account import Account
from .closing import Closing, JournalRecord
from .hold import Hold, HoldId
from .invariants import AccountLine, AccountRecord, CardRecord, RolledUpAccount
from .payout_audit import PayoutRecord
from .settlement import Settlement, SettlementId
from .settlement_receipt import SettlementReceipt


class Ledger(Protocol):
    """The one place where money and cards change hands."""

    def settle(self, settlement: Settlement, now: datetime) -> Returned[SettlementReceipt | None]:
        """Queue a settlement; the end of the transaction applies it as ``Book.settle`` says.

        Returns its receipt, with the balances after it; None if it had been settled before.

        :raises MalformedSettlement: at once, if its moves contradict each other.
        :raises AssetMismatch: at once, if an amount's asset is not that of both accounts.
        :raises DomainError: at the transaction's end, any refusal that ``Book.settle`` names.
        :raises SettlementIdReused: at its end, if the id stands for other moves already. Where
            it stands for the same moves, nothing happens.
        """

    async def settled(self, settlement_id: SettlementId) -> SettlementReceipt:
        """:raises SettlementNotFound: if there is none."""

    async def hold(self, hold_id: HoldId) -> Hold:
        """:raises HoldNotFound: if there is none."""


class LedgerTransaction(IdempotentTransaction, Protocol):
    """What a use case that settles needs of its transaction."""

    @property
    def ledger(self) -> Ledger: ...


class Books(Protocol):
    """The whole ledger, for those who answer for it.

    The reads that iterate see one snapshot, however long they take.
    """

    async def balance_of(self, account: Account) -> int:
        """The balance of any account; where none is kept: the last closing, and what came since."""

    async def close(self, now: datetime, limit: int) -> Closing | None:
        """Seal settlements that wait for it, at most ``limit``, those of the lowest ids first.

        What is being settled at this moment is left for a later closing. None if nothing waits, or
        if somebody else is closing the books.

        :raises ConcurrentChange: at the transaction's end, if somebody else has closed the books.
        """

    def closings(self) -> AsyncIterator[Closing]:
        """All of them, the first one first."""

    def journal(self) -> AsyncIterator[JournalRecord]:
        """Every settlement, with what was posted under ids that are not recorded.

        By the number of the closing and then by id; what is not sealed comes last.
        """

    def account_lines(self) -> AsyncIterator[AccountLine]:
        """The entries of the accounts that keep a balance, those of one account by their nth."""

    def accounts(self) -> AsyncIterator[AccountRecord]:
        """Every account that keeps a balance."""

    def rolled_up(self) -> AsyncIterator[RolledUpAccount]:
        """Every account that keeps none, with its balance as ``balance_of`` tells it."""

    def cards(self) -> AsyncIterator[CardRecord]:
        """Every card, and what transfers and open holds say of it."""

    def payouts(self) -> AsyncIterator[PayoutRecord]:
        """Every group payout, and what lines, settlements and its account say of it."""


class BooksTransaction(Protocol):
    """What closing and checking the books needs of its transaction."""

    @property
    def event_log(self) -> EventLog: ...

    @property
    def books(self) -> Books: ...
