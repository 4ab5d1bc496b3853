from typing import final

from attrs import frozen

from ece_domain.identity import UserId
from ece_domain.kernel import Answer, Begin, Clock, Money, NewId, Request, RequestKey
from ece_domain.ledger.account import Account
from ece_domain.ledger.errors import TransferToOneself
from ece_domain.ledger.receipt_access import Queued, as_read_by, receipt_once
from ece_domain.ledger.settlement import MoveMoney, Settlement, SettlementId
from ece_domain.ledger.settlement_receipt import Settled
from ece_domain.ledger.wallet import WalletTransaction


@final
@frozen
class Transfer:
    """Give another user money of one's own."""

    begin: Begin[WalletTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self, *, giver: UserId, taker: UserId, money: Money, key: RequestKey
    ) -> Answer[Settled]:
        """The receipt as the giver may read it: without the taker's balance.

        :raises AmountOutOfBounds: unless the amount is 1 to ``MAX_AMOUNT``.
        :raises TransferToOneself: if the taker is the giver.
        :raises UserNotFound: if there is no such taker.
        :raises InsufficientFunds: if less is available to the giver.
        :raises BalanceLimit: if the taker would hold more than an account may hold.
        :raises KeyReused: if the giver used the key for another request.
        """
        money.within(1)
        if taker == giver:
            raise TransferToOneself

        async def settle(transaction: WalletTransaction) -> Queued:
            await transaction.users.get(taker)
            now, settlement_id = self.clock(), SettlementId(self.new_id())
            theirs = Account.of_user(taker, money.asset)
            move = MoveMoney(Account.of_user(giver, money.asset), theirs, money)
            settlement = Settlement(settlement_id, "ledger.transfer", (move,))
            return settlement_id, transaction.ledger.settle(settlement, now)

        request = Request.of(giver, key, "ledger.transfer", taker, money)
        answer = await receipt_once(self.begin, request, settle)
        return Answer(as_read_by(giver, answer.value), answer.replayed)
