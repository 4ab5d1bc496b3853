from typing import final

from attrs import frozen

from ece_domain.identity import OPERATORS, Actor, UserId
from ece_domain.kernel import (
    Asset,
    Begin,
    Clock,
    IdempotencyKey,
    IdempotentRequest,
    IdempotentResult,
    Money,
    NewId,
)
from ece_domain.ledger.account import ACCEPTED_ASSETS, Account
from ece_domain.ledger.errors import AssetNotAccepted
from ece_domain.ledger.ports import WalletTransaction
from ece_domain.ledger.receipt_access import Queued, receipt_once
from ece_domain.ledger.settlement import MoveMoney, Settlement, SettlementId
from ece_domain.ledger.settlement_receipt import SettlementReceipt


@final
@frozen
class Deposit:
    """Credit any user with money that came in from outside.

    For operators and services, which have verified that the money has arrived.
    """

    begin: Begin[WalletTransaction]
    clock: Clock
    new_id: NewId
    accepted: frozenset[Asset] = ACCEPTED_ASSETS

    async def __call__(
        self, *, destination: UserId, money: Money, actor: Actor, key: IdempotencyKey
    ) -> IdempotentResult[SettlementReceipt]:
        """
        :raises RoleNotAllowed: unless the actor is an operator.
        :raises AmountOutOfBounds: unless the amount is 1 to ``MAX_AMOUNT``.
        :raises AssetNotAccepted: if the exchange does not deal in the asset.
        :raises UserNotFound: if there is no such user.
        :raises BalanceLimit: if the balance would exceed what an account can hold.
        :raises IdempotencyKeyReused: if the actor used the key for another request.
        """
        actor.require(OPERATORS)
        money.within(1)
        if money.asset not in self.accepted:
            raise AssetNotAccepted(asset=str(money.asset))

        async def settle(transaction: WalletTransaction) -> Queued:
            await transaction.users.get(destination)
            now, settlement_id = self.clock(), SettlementId(self.new_id())
            move = MoveMoney(
                Account.external(money.asset), Account.of_user(destination, money.asset), money
            )
            settlement = Settlement(settlement_id, "ledger.deposit", (move,))
            return settlement_id, transaction.ledger.settle(settlement, now)

        return await receipt_once(
            self.begin,
            IdempotentRequest.of(actor.id, key, "ledger.deposit", destination, money),
            settle,
        )
