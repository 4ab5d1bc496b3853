from datetime import datetime, timedelta
from typing import final
from uuid import UUID

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
    run_once,
)
from ece_domain.ledger.account import Account
from ece_domain.ledger.deal import LEDGER, Deal
from ece_domain.ledger.errors import ExpiryOutOfBounds
from ece_domain.ledger.hold import HeldMoney, Hold, HoldId, HoldPurpose
from ece_domain.ledger.ports import WalletTransaction
from ece_domain.ledger.settlement import PlaceHold, Settlement, SettlementId

MAX_HOLD_TIME = timedelta(days=366)


@final
@frozen
class PlaceMoneyHold:
    """Place a hold on a part of a user's balance until it is captured, released or expired.

    For operators and services. The owner sees the purpose in their wallet. With any purpose the
    hold belongs to the ledger's own context, so only operators and ``ExpireHolds`` end it.
    """

    begin: Begin[WalletTransaction]
    clock: Clock
    new_id: NewId

    async def __call__(
        self,
        *,
        owner_id: UserId,
        money: Money,
        purpose: HoldPurpose,
        expires_at: datetime | None,
        actor: Actor,
        key: IdempotencyKey,
    ) -> IdempotentResult[Hold]:
        """The hold as it was placed, also in a replay; ``GetHold`` returns its current state.

        :raises RoleNotAllowed: unless the actor is an operator.
        :raises AmountOutOfBounds: unless the amount is 1 to ``MAX_AMOUNT``.
        :raises ExpiryOutOfBounds: unless the expiry is in the next 366 days, or None.
        :raises InsufficientFunds: if less is available.
        :raises IdempotencyKeyReused: if the actor used the key for another request.
        """
        actor.require(OPERATORS)
        money.within(1)

        def hold(hold_id: UUID) -> Hold:
            subject = HeldMoney(Account.of_user(owner_id, money.asset), money.amount)
            return Hold(
                id=HoldId(hold_id),
                deal=Deal(LEDGER, hold_id),
                purpose=purpose,
                subject=subject,
                expires_at=expires_at,
            )

        async def place(transaction: WalletTransaction) -> UUID:
            now, hold_id = self.clock(), self.new_id()
            if expires_at is not None and not now < expires_at <= now + MAX_HOLD_TIME:
                raise ExpiryOutOfBounds(max_expires_at=now + MAX_HOLD_TIME)
            settlement = Settlement(
                SettlementId(self.new_id()), "ledger.hold", (PlaceHold(hold(hold_id)),)
            )
            transaction.ledger.settle(settlement, now)
            return hold_id

        request = IdempotentRequest.of(
            actor.id, key, "ledger.place-hold", owner_id, money, purpose, expires_at
        )
        result = await run_once(self.begin, request, UUID, place)
        # A replay has the same request, so only the id is stored.
        return IdempotentResult(hold(result.value), result.is_replayed)
