"""Who may read which part of a settlement's receipt."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from attrs import evolve

from ece_domain.identity import UserId
from ece_domain.kernel import Answer, Begin, Request, answer_once

from .account import Account, Entry
from .ports import LedgerTransaction
from .settled import Settled
from .settlement import SettlementId

T = TypeVar("T", bound=LedgerTransaction)


async def receipt_once(
    begin: Begin[T], request: Request, settle: Callable[[T], Awaitable[UUID]]
) -> Answer[Settled]:
    """Settle under a key. The receipt is read back, so that a replay is word for word the same.

    ``settle`` queues one settlement and gives its id.
    """
    answer = await answer_once(begin, request, UUID, settle)
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
