"""Which users may read which part of a settlement's receipt."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar
from uuid import UUID

from attrs import evolve

from ece_domain.identity import UserId
from ece_domain.kernel import Begin, IdempotentRequest, IdempotentResult, Returned, run_once

from .account import Account, Entry
from .ports import LedgerTransaction
from .settlement import SettlementId
from .settlement_receipt import CardTransfer, SettlementReceipt

T = TypeVar("T", bound=LedgerTransaction)

Queued: TypeAlias = tuple[SettlementId, Returned[SettlementReceipt | None]]
"""A queued settlement, and the receipt that it will return."""


async def receipt_once(
    begin: Begin[T], request: IdempotentRequest, settle: Callable[[T], Awaitable[Queued]]
) -> IdempotentResult[SettlementReceipt]:
    """Settle with an idempotency key. A replay reads the receipt again."""
    receipts: list[Returned[SettlementReceipt | None]] = []

    async def effect(transaction: T) -> UUID:
        settlement_id, receipt = await settle(transaction)
        receipts.append(receipt)
        return settlement_id

    result = await run_once(begin, request, UUID, effect)
    if not result.is_replayed and (receipt := receipts[0].value) is not None:
        return IdempotentResult(receipt, is_replayed=False)
    async with begin() as transaction:
        receipt = await transaction.ledger.receipt(SettlementId(result.value))
    return IdempotentResult(receipt, result.is_replayed)


def has_part_in(user_id: UserId, receipt: SettlementReceipt) -> bool:
    """Whether the settlement changed an account of the user, or moved a card to or from them."""
    return any(_is_of(user_id, entry) for entry in receipt.entries) or any(
        _is_party(user_id, transfer) for transfer in receipt.card_transfers
    )


def as_read_by(user_id: UserId, receipt: SettlementReceipt) -> SettlementReceipt:
    """The receipt with the user's own part: their entries, and the cards that they gave or got.

    The entries of others are private: those of a sale would show a buyer the seller's fees.
    """
    return evolve(
        receipt,
        entries=tuple(entry for entry in receipt.entries if _is_of(user_id, entry)),
        card_transfers=tuple(
            transfer for transfer in receipt.card_transfers if _is_party(user_id, transfer)
        ),
    )


def _is_party(user_id: UserId, transfer: CardTransfer) -> bool:
    return user_id in (transfer.from_owner_id, transfer.to_owner_id)


def _is_of(user_id: UserId, entry: Entry) -> bool:
    return entry.account == Account.of_user(user_id, entry.account.asset)
