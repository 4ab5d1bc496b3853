from typing import final
from uuid import UUID

from attrs import frozen

from ece_domain.identity import OPERATORS, Actor
from ece_domain.kernel import (
    Begin,
    Clock,
    IdempotencyKey,
    IdempotentRequest,
    IdempotentResult,
    NewId,
    run_once,
)
from ece_domain.ledger.hold import Hold, HoldId
from ece_domain.ledger.money_hold import money_hold
from ece_domain.ledger.ports import WalletTransaction
from ece_domain.ledger.settlement import ReleaseHold, Settlement, SettlementId


@final
@frozen
class ReleaseMoneyHold:
    """Release all that is left of a hold on money, also past its expiry.

    For operators and services.
    """

    begin: Begin[WalletTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self, *, hold_id: HoldId, actor: Actor, key: IdempotencyKey
    ) -> IdempotentResult[Hold]:
        """The released hold.

        :raises RoleNotAllowed: unless the actor is an operator.
        :raises HoldNotFound: if there is no such hold that an operator placed.
        :raises HoldNotOpen: if the hold was fully captured, released or expired.
        :raises IdempotencyKeyReused: if the actor used the key for another request.
        """
        actor.require(OPERATORS)

        async def release(transaction: WalletTransaction) -> UUID:
            hold, _ = await money_hold(transaction, hold_id)
            now = self.clock()
            settlement = Settlement(
                SettlementId(self.new_id()), "ledger.release", (ReleaseHold(hold),)
            )
            transaction.ledger.settle(settlement, now)
            return hold_id

        request = IdempotentRequest.of(actor.id, key, "ledger.release-hold", hold_id)
        result = await run_once(self.begin, request, UUID, release)
        async with self.begin() as transaction:
            return IdempotentResult(await transaction.ledger.hold(hold_id), result.is_replayed)
