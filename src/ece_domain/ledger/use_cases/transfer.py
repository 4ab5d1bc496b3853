from typing import final

from attrs import frozen

from ece_domain.identity import UserId
from ece_domain.kernel import (
    Begin,
    Clock,
    IdempotencyKey,
    IdempotentRequest,
    IdempotentResult,
    Money,
    NewId,
)
from ece_domain.ledger.account import Account
from ece_domain.ledger.errors import TransferToOneself
from ece_domain.ledger.ports import WalletTransaction
from ece_domain.ledger.receipt_access import Queued, as_read_by, receipt_once
from ece_domain.ledger.settlement import MoveMoney, Settlement, SettlementId
from ece_domain.ledger.settlement_receipt import SettlementReceipt


@final
@frozen
class Transfer:
    """Transfer money from the user's account to another user."""

    begin: Begin[WalletTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self, *, source: UserId, destination: UserId, money: Money, key: IdempotencyKey
    ) -> IdempotentResult[SettlementReceipt]:
        """The receipt without the destination's balance, which the source may not see.

        :raises AmountOutOfBounds: unless the amount is 1 to ``MAX_AMOUNT``.
        :raises TransferToOneself: if the destination is the source.
        :raises UserNotFound: if there is no such destination.
        :raises InsufficientFunds: if the source's available balance is too low.
        :raises BalanceLimit: if the destination's balance would exceed what an account can hold.
        :raises IdempotencyKeyReused: if the source used the key for another request.
        """
        money.within(1)
        if destination == source:
            raise TransferToOneself

        async def settle(transaction: WalletTransaction) -> Queued:
            await transaction.users.get(destination)
            now, settlement_id = self.clock(), SettlementId(self.new_id())
            theirs = Account.of_user(destination, money.asset)
            move = MoveMoney(Account.of_user(source, money.asset), theirs, money)
            settlement = Settlement(settlement_id, "ledger.transfer", (move,))
            return settlement_id, transaction.ledger.settle(settlement, now)

        request = IdempotentRequest.of(source, key, "ledger.transfer", destination, money)
        result = await receipt_once(self.begin, request, settle)
        return IdempotentResult(as_read_by(source, result.value), result.is_replayed)
