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
from ece_domain.ledger.errors import TransferToOneself
from ece_domain.ledger.hold import HoldId
from ece_domain.ledger.money_hold import money_hold
from ece_domain.ledger.ports import WalletTransaction
from ece_domain.ledger.receipt_access import Queued, receipt_once
from ece_domain.ledger.settlement import CaptureHold, MoveMoney, Settlement, SettlementId
from ece_domain.ledger.settlement_receipt import SettlementReceipt


@final
@frozen
class CaptureMoneyHold:
    """Capture all or a part of the money on hold; the rest stays on hold.

    For operators and services.
    """

    begin: Begin[WalletTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self,
        *,
        hold_id: HoldId,
        money: Money,
        destination: UserId | None,
        actor: Actor,
        key: IdempotencyKey,
    ) -> IdempotentResult[SettlementReceipt]:
        """Without a destination the money leaves the exchange, as a withdrawal does.

        :raises RoleNotAllowed: unless the actor is an operator.
        :raises AmountOutOfBounds: unless the amount is 1 to ``MAX_AMOUNT``.
        :raises HoldNotFound: if there is no such hold that an operator placed.
        :raises TransferToOneself: if the destination owns the money on hold.
        :raises UserNotFound: if there is no such destination.
        :raises AssetMismatch: if the hold is on another asset.
        :raises HoldNotOpen: if the hold was fully captured, released or expired.
        :raises HoldPastExpiry: if the hold is past its expiry.
        :raises HoldExceeded: if the hold has less left.
        :raises BalanceLimit: if the destination's balance would exceed what an account can hold.
        :raises IdempotencyKeyReused: if the actor used the key for another request.
        """
        actor.require(OPERATORS)
        money.within(1)

        async def settle(transaction: WalletTransaction) -> Queued:
            hold, account = await money_hold(transaction, hold_id)
            if destination == hold.owner_id:
                raise TransferToOneself
            to = Account.external(money.asset)
            if destination is not None:
                to = Account.of_user((await transaction.users.get(destination)).id, money.asset)
            now, settlement_id = self.clock(), SettlementId(self.new_id())
            capture = CaptureHold(hold, MoveMoney(account, to, money))
            settlement = Settlement(settlement_id, "ledger.capture", (capture,))
            return settlement_id, transaction.ledger.settle(settlement, now)

        request = IdempotentRequest.of(
            actor.id, key, "ledger.capture-hold", hold_id, money, destination
        )
        return await receipt_once(self.begin, request, settle)
