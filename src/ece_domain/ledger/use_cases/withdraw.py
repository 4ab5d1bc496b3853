from typing import final

from attrs import frozen

from ece_domain.identity import OPERATORS, Actor, UserId
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
from ece_domain.ledger.ports import WalletTransaction
from ece_domain.ledger.receipt_access import Queued, receipt_once
from ece_domain.ledger.settlement import MoveMoney, Settlement, SettlementId
from ece_domain.ledger.settlement_receipt import SettlementReceipt


@final
@frozen
class Withdraw:
    """Debit a user with money that was paid out to them.

    For operators and services, as ``Deposit``.
    """

    begin: Begin[WalletTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self, *, owner_id: UserId, money: Money, actor: Actor, key: IdempotencyKey
    ) -> IdempotentResult[SettlementReceipt]:
        """
        :raises RoleNotAllowed: unless the actor is an operator.
        :raises AmountOutOfBounds: unless the amount is 1 to ``MAX_AMOUNT``.
        :raises InsufficientFunds: if less is available.
        :raises IdempotencyKeyReused: if the actor used the key for another request.
        """
        actor.require(OPERATORS)
        money.within(1)

        async def settle(transaction: WalletTransaction) -> Queued:
            now, settlement_id = self.clock(), SettlementId(self.new_id())
            account = Account.of_user(owner_id, money.asset)
            move = MoveMoney(account, Account.external(money.asset), money)
            settlement = Settlement(settlement_id, "ledger.withdrawal", (move,))
            return settlement_id, transaction.ledger.settle(settlement, now)

        return await receipt_once(
            self.begin,
            IdempotentRequest.of(actor.id, key, "ledger.withdraw", owner_id, money),
            settle,
        )
