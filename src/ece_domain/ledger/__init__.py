"""The ledger: the only place where money and cards change hands, all or nothing."""

from .account import (
    ACCEPTED_ASSETS,
    OPERATOR_PARTY,
    Account,
    AccountId,
    AccountKind,
    Entry,
    PlatformRole,
)
from .card_history import MINTING, OwnershipPeriod
from .deal import LEDGER, Deal
from .errors import (
    AssetNotAccepted,
    BalanceLimit,
    CardAlreadyHeld,
    CardNotOwned,
    ExpiryOutOfBounds,
    HoldAlreadyPlaced,
    HoldExceeded,
    HoldNotExpired,
    HoldNotFound,
    HoldNotOpen,
    HoldPastExpiry,
    InsufficientFunds,
    InvalidPayout,
    MalformedSettlement,
    PayoutIdReused,
    PayoutNotFound,
    SettlementIdReused,
    SettlementNotFound,
    TransferToOneself,
)
from .events import GroupPaidOut, PostedEntry, PostedHold, PostedHoldAction, SettlementPosted
from .group_payout import GroupPayout, PayoutId, PayoutLine, payout_id_of, split_payout
from .hold import HeldCard, HeldMoney, Hold, HoldId, HoldPurpose, HoldState
from .invariants import Violation
from .payouts import start_payout
from .queries import (
    GetGroupPayout,
    GetHold,
    GetSettlementReceipt,
    GetWallet,
    ListCardOwners,
    ListOpenHolds,
    ListStatementLines,
)
from .settlement import (
    CaptureHold,
    ExpireHold,
    HoldAction,
    Move,
    MoveCard,
    MoveMoney,
    PlaceHold,
    ReleaseHold,
    Settlement,
    SettlementId,
)
from .settlement_receipt import CardTransfer, SettlementReceipt
from .statement import StatementLine
from .use_cases.audit_ledger import AuditLedger, LedgerAudited
from .use_cases.capture_money_hold import CaptureMoneyHold
from .use_cases.close_books import CloseBooks
from .use_cases.deposit import Deposit
from .use_cases.expire_holds import ExpireHolds
from .use_cases.finish_group_payouts import FinishGroupPayouts
from .use_cases.open_wallet import OpenWallet
from .use_cases.pay_out_group import PayOutGroup
from .use_cases.place_money_hold import PlaceMoneyHold
from .use_cases.release_money_hold import ReleaseMoneyHold
from .use_cases.transfer import Transfer
from .use_cases.withdraw import Withdraw
from .wallet import HeldTotal, Wallet, WalletAccount

__all__ = [
    "ACCEPTED_ASSETS",
    "LEDGER",
    "MINTING",
    "OPERATOR_PARTY",
    "Account",
    "AccountId",
    "AccountKind",
    "AssetNotAccepted",
    "AuditLedger",
    "BalanceLimit",
    "CaptureHold",
    "CaptureMoneyHold",
    "CardAlreadyHeld",
    "CardNotOwned",
    "CardTransfer",
    "CloseBooks",
    "Deal",
    "Deposit",
    "Entry",
    "ExpireHold",
    "ExpireHolds",
    "ExpiryOutOfBounds",
    "FinishGroupPayouts",
    "GetGroupPayout",
    "GetHold",
    "GetSettlementReceipt",
    "GetWallet",
    "GroupPaidOut",
    "GroupPayout",
    "HeldCard",
    "HeldMoney",
    "HeldTotal",
    "Hold",
    "HoldAction",
    "HoldAlreadyPlaced",
    "HoldExceeded",
    "HoldId",
    "HoldNotExpired",
    "HoldNotFound",
    "HoldNotOpen",
    "HoldPastExpiry",
    "HoldPurpose",
    "HoldState",
    "InsufficientFunds",
    "InvalidPayout",
    "LedgerAudited",
    "ListCardOwners",
    "ListOpenHolds",
    "ListStatementLines",
    "MalformedSettlement",
    "Move",
    "MoveCard",
    "MoveMoney",
    "OpenWallet",
    "OwnershipPeriod",
    "PayOutGroup",
    "PayoutId",
    "PayoutIdReused",
    "PayoutLine",
    "PayoutNotFound",
    "PlaceHold",
    "PlaceMoneyHold",
    "PlatformRole",
    "PostedEntry",
    "PostedHold",
    "PostedHoldAction",
    "ReleaseHold",
    "ReleaseMoneyHold",
    "Settlement",
    "SettlementId",
    "SettlementIdReused",
    "SettlementNotFound",
    "SettlementPosted",
    "SettlementReceipt",
    "StatementLine",
    "Transfer",
    "TransferToOneself",
    "Violation",
    "Wallet",
    "WalletAccount",
    "Withdraw",
    "payout_id_of",
    "split_payout",
    "start_payout",
]
