"""The ledger: the one place where money and cards change hands, all or nothing."""

from .account import Account, AccountId, AccountKind, Balance, Entry, PlatformRole
from .book import MAX_BALANCE, Book, Possession
from .closing import Closing, Line, Seal
from .errors import (
    AssetNotAccepted,
    BalanceLimit,
    CardAlreadyHeld,
    CardNotOwned,
    ExpiryOutOfBounds,
    HoldAlreadyPlaced,
    HoldExceeded,
    HoldExpired,
    HoldNotExpired,
    HoldNotFound,
    HoldNotOpen,
    InsufficientFunds,
    MalformedSettlement,
    SettlementIdReused,
    SettlementNotFound,
    TransferToOneself,
)
from .events import (
    HoldCaptured,
    HoldLapsed,
    HoldReleased,
    MoneyDeposited,
    MoneySetAside,
    MoneyTransferred,
    MoneyWithdrawn,
)
from .hold import HeldCard, HeldMoney, Hold, HoldId, HoldPurpose, HoldState
from .invariants import AccountRecord, CardRecord, Violation
from .ports import Books, BooksTransaction, Ledger, LedgerTransaction
from .queries import (
    OPERATORS,
    FindOpenHolds,
    ReadHold,
    ReadReceipt,
    ReadStatement,
    ReadWallet,
)
from .settled import Handover, Settled, handovers_of
from .settlement import (
    BalanceChange,
    CaptureHold,
    CardChange,
    ExpireHold,
    HoldAction,
    HoldChange,
    Move,
    MoveCard,
    MoveMoney,
    PlaceHold,
    Plan,
    ReleaseHold,
    Settlement,
    SettlementId,
)
from .statement import StatementLine
from .use_cases.capture_money_hold import CaptureMoneyHold
from .use_cases.check_books import BooksChecked, CheckBooks
from .use_cases.close_books import CloseBooks
from .use_cases.deposit import Deposit
from .use_cases.expire_holds import ExpireHolds
from .use_cases.open_wallet import OpenWallet
from .use_cases.place_money_hold import PlaceMoneyHold
from .use_cases.release_money_hold import ReleaseMoneyHold
from .use_cases.transfer import Transfer
from .use_cases.withdraw import Withdraw
from .wallet import HeldFor, Outbox, Wallet, WalletAccount, Wallets, WalletTransaction

__all__ = [
    "MAX_BALANCE",
    "OPERATORS",
    "Account",
    "AccountId",
    "AccountKind",
    "AccountRecord",
    "AssetNotAccepted",
    "Balance",
    "BalanceChange",
    "BalanceLimit",
    "Book",
    "Books",
    "BooksChecked",
    "BooksTransaction",
    "CaptureHold",
    "CaptureMoneyHold",
    "CardAlreadyHeld",
    "CardChange",
    "CardNotOwned",
    "CardRecord",
    "CheckBooks",
    "CloseBooks",
    "Closing",
    "Deposit",
    "Entry",
    "ExpireHold",
    "ExpireHolds",
    "ExpiryOutOfBounds",
    "FindOpenHolds",
    "Handover",
    "HeldCard",
    "HeldFor",
    "HeldMoney",
    "Hold",
    "HoldAction",
    "HoldAlreadyPlaced",
    "HoldCaptured",
    "HoldChange",
    "HoldExceeded",
    "HoldExpired",
    "HoldId",
    "HoldLapsed",
    "HoldNotExpired",
    "HoldNotFound",
    "HoldNotOpen",
    "HoldPurpose",
    "HoldReleased",
    "HoldState",
    "InsufficientFunds",
    "Ledger",
    "LedgerTransaction",
    "Line",
    "MalformedSettlement",
    "MoneyDeposited",
    "MoneySetAside",
    "MoneyTransferred",
    "MoneyWithdrawn",
    "Move",
    "MoveCard",
    "MoveMoney",
    "OpenWallet",
    "Outbox",
    "PlaceHold",
    "PlaceMoneyHold",
    "Plan",
    "PlatformRole",
    "Possession",
    "ReadHold",
    "ReadReceipt",
    "ReadStatement",
    "ReadWallet",
    "ReleaseHold",
    "ReleaseMoneyHold",
    "Seal",
    "Settled",
    "Settlement",
    "SettlementId",
    "SettlementIdReused",
    "SettlementNotFound",
    "StatementLine",
    "Transfer",
    "TransferToOneself",
    "Violation",
    "Wallet",
    "WalletAccount",
    "WalletTransaction",
    "Wallets",
    "Withdraw",
    "handovers_of",
]
