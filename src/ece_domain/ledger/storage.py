"""What a store of the ledger needs besides the public API: ports, plans and audit records."""

from .account import Balance
from .book import MAX_BALANCE, Book, CardOwnership
from .closing import (
    Closing,
    ClosingHash,
    JournalLine,
    JournalRecord,
    JournalTransfer,
    RecordedSettlement,
)
from .events import settlement_posted
from .invariants import AccountLine, AccountRecord, CardRecord, RolledUpAccount, RunningBalance
from .payout_audit import PayoutRecord
from .ports import (
    Books,
    BooksTransaction,
    CardHistories,
    CardHistoryTransaction,
    GroupPayouts,
    Ledger,
    LedgerTransaction,
    PayoutTransaction,
    Wallets,
    WalletTransaction,
)
from .settlement import CardChange, Plan
from .settlement_receipt import card_transfers_of

__all__ = [
    "MAX_BALANCE",
    "AccountLine",
    "AccountRecord",
    "Balance",
    "Book",
    "Books",
    "BooksTransaction",
    "CardChange",
    "CardHistories",
    "CardHistoryTransaction",
    "CardOwnership",
    "CardRecord",
    "Closing",
    "ClosingHash",
    "GroupPayouts",
    "JournalLine",
    "JournalRecord",
    "JournalTransfer",
    "Ledger",
    "LedgerTransaction",
    "PayoutRecord",
    "PayoutTransaction",
    "Plan",
    "RecordedSettlement",
    "RolledUpAccount",
    "RunningBalance",
    "WalletTransaction",
    "Wallets",
    "card_transfers_of",
    "settlement_posted",
]
