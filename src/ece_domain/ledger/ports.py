"""What the ledger's use cases, and those of the contexts above it, ask of a store."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from ece_domain.cards import CardId
from ece_domain.identity import UserId
from ece_domain.identity.storage import UserRepository
from ece_domain.kernel import EventLog, IdempotentTransaction, Page, PageRequest, Returned

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

    async def receipt(self, settlement_id: SettlementId) -> SettlementReceipt:
        """:raises SettlementNotFound: if there is none."""

    async def hold(self, hold_id: HoldId) -> Hold:
        """:raises HoldNotFound: if there is none."""


class LedgerTransaction(IdempotentTransaction, Protocol):
    """What a use case that settles needs of its transaction."""

    @property
    def ledger(self) -> Ledger: ...


class Wallets(Protocol):
    """Reads what belongs to one user, and makes accounts show before their first entry."""

    def open(self, account: Account) -> None:
        """Queue that the user's account shows in their wallet. One that shows stays as it is."""

    async def accounts(self, owner_id: UserId) -> tuple[WalletAccount, ...]:
        """The accounts that were opened or have ever had an entry or a hold, by asset."""

    async def open_holds(self, owner_id: UserId, page: PageRequest) -> Page[Hold]:
        """What is on hold of the user's money and cards, the highest id (the newest) first."""

    async def statement(self, account: Account, page: PageRequest) -> Page[StatementLine]:
        """The entries of a user's account, newest first."""

    async def past_expiry(self, context: str, now: datetime, limit: int) -> Sequence[Hold]:
        """Open holds of the context that are past their expiry, the longest overdue first."""


class WalletTransaction(LedgerTransaction, Protocol):
    """What the use cases of wallets need of their transaction."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def wallets(self) -> Wallets: ...


class GroupPayouts(Protocol):
    """Group payouts with their lines. Lines never change."""

    async def find(self, payout_id: PayoutId) -> GroupPayout | None: ...

    async def get(self, payout_id: PayoutId) -> GroupPayout:
        """:raises PayoutNotFound: if there is none."""

    async def unfinished(self, limit: int) -> Sequence[PayoutId]:
        """The payouts that wait for chunks, the one that started first at first."""

    async def next_lines(self, payout: GroupPayout) -> Sequence[PayoutLine]:
        """The lines of the first chunk that is not settled, in the order in which they came."""

    async def add(self, payout: GroupPayout, lines: Sequence[PayoutLine]) -> None:
        """Store a new payout and its lines with the transaction.

        :raises ConcurrentChange: if the deal has a payout by the transaction's end.
        """

    def save(self, payout: GroupPayout) -> None:
        """Store how far it has got, and its events. At the transaction's end:

        :raises ConcurrentChange: if it was saved by someone else in the meantime.
        """


class PayoutTransaction(LedgerTransaction, Protocol):
    """What group payouts need of their transaction."""

    @property
    def group_payouts(self) -> GroupPayouts: ...


class CardHistories(Protocol):
    """Reads what the ledger remembers of single cards."""

    async def of_card(self, card_id: CardId, page: PageRequest) -> Page[OwnershipPeriod]:
        """All owners, the present one first.

        :raises CardNotFound: if there is no such card.
        :raises InvalidPage: if the page continues another list.
        """


class CardHistoryTransaction(Protocol):
    """What reading histories needs of a transaction."""

    @property
    def card_histories(self) -> CardHistories: ...


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

        By the number of the closing and then by id; what is not closed comes last.
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
