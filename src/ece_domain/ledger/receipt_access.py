"""Who may read which part of a settlement's receipt."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar
from uuid import UUID

from attrs import evolve

from ece_domain.identity import UserId
from ece_domain.kernel import Answer, Begin, Request, Returned, answer_once

from .account import Account, Entry
from .ports import LedgerTransaction
from .settlement import SettlementId
from .settlement_receipt import Settled

T = TypeVar("T", bound=LedgerTransaction)

Queued: TypeAlias = tuple[SettlementId, Returned[Settled | None]]
"""A settlement that waits for the end of its transaction, and the receipt that it will return."""


async def receipt_once(
    begin: Begin[T], request: Request, settle: Callable[[T], Awaitable[Queued]]
) -> Answer[Settled]:
    """Settle under a key. The receipt comes back with the settlement; a replay reads it again."""
    receipts: list[Returned[Settled | None]] = []

    async def effect(transaction: T) -> UUID:
        settlement_id, receipt = await settle(transaction)
        receipts.append(receipt)
        return settlement_id

    answer = await answer_once(begin, request, UUID, effect)
    if not answer.replayed and (receipt := receipts[0].value) is not None:
        return Answer(receipt, replayed=False)
    async with begin() as transaction:
        settled = await transaction.ledger.settled(SettlementId(answer.value))
    return Answer(settled, answer.replayed)


def has_part_in(user: UserId, settled: Settled) -> bool:
    """Whether the settlement changed an account of the user, or moved a card to or from them."""
    return any(_is_of(user, entry) for entry in settled.entries) or any(
        user in (transfer.from_owner_id, transfer.to_owner_id)
        for transfer in settled.card_transfers
    )


def as_read_by(user: UserId, settled: Settled) -> Settled:
    """The receipt without the balances of others: what they have left is theirs to know."""
    return evolve(
        settled,
        entries=tuple(
            entry if _is_of(user, entry) else evolve(entry, balance_after=None)
            for entry in settled.entries
        ),
    )


def _is_of(user: UserId, entry: Entry) -> bool:
    return entry.account == Account.of_user(user, entry.account.asset)
