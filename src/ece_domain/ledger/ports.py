"""What the ledger's use cases, and those of the contexts above it, ask of a store."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from ece_domain.kernel import RemembersRequests

from .account import Account
from .closing import Closing, Line
from .hold import Hold, HoldId
from .invariants import AccountRecord, CardRecord
from .payout_audit import PayoutRecord
from .settled import Settled
from .settlement import Settlement, SettlementId


class Ledger(Protocol):
    """The one place where money and cards change hands."""

    def settle(self, settlement: Settlement, now: datetime) -> None:
        """Queue a settlement; the end of the transaction applies it as ``Book.settle`` says.

        :raises MalformedSettlement: at once, if its moves contradict each other.
        :raises AssetMismatch: at once, if an amount's asset is not that of both accounts.
        :raises DomainError: at the transaction's end, any refusal that ``Book.settle`` names.
        :raises SettlementIdReused: at its end, if the id stands for other moves already. Where
            it stands for the same moves, nothing happens.
        """

    async def settled(self, settlement_id: SettlementId) -> Settled:
        """:raises SettlementNotFound: if there is none."""

    async def hold(self, hold_id: HoldId) -> Hold:
        """:raises HoldNotFound: if there is none."""


class LedgerTransaction(RemembersRequests, Protocol):
    """What a use case that settles needs of its transaction."""

    @property
    def ledger(self) -> Ledger: ...


class Books(Protocol):
    """The whole ledger, for those who answer for it.

    The reads that iterate see one snapshot, however long they take.
    """

    async def balance_of(self, account: Account) -> int:
        """The balance of any account; where none is kept: the last closing, and what came since."""

    async def close(self, now: datetime) -> Closing | None:
        """Seal what was settled since the last closing, or None if that is nothing.

        What is being settled at this moment is left for the next closing.

        :raises ConcurrentChange: at the transaction's end, if somebody else closed the books.
        """

    async def closings(self) -> Sequence[Closing]:
        """All of them, the first one first."""

    def lines(self) -> AsyncIterator[Line]:
        """Every entry, those of one account in the order in which its balance came about."""

    def accounts(self) -> AsyncIterator[AccountRecord]:
        """Every user's account."""

    def cards(self) -> AsyncIterator[CardRecord]:
        """Every card, and what handovers and open holds say of it."""

    def payouts(self) -> AsyncIterator[PayoutRecord]:
        """Every group payout, and what lines, settlements and its account say of it."""


class BooksTransaction(Protocol):
    """What closing and checking the books needs of its transaction."""

    @property
    def books(self) -> Books: ...
