from typing import final

from attrs import frozen

from ece_domain.identity.actor import Actor
from ece_domain.identity.administration import user_for_admin
from ece_domain.identity.ports import IdentityTransaction
from ece_domain.identity.user import User, UserId
from ece_domain.kernel import Begin, Clock, Reason


@final
@frozen
class ReinstateUser:
    """End a user's suspension: they can log in again, and what they offered can be bought."""

    begin: Begin[IdentityTransaction]
    clock: Clock

    async def __call__(self, *, user_id: UserId, reason: Reason, actor: Actor) -> User:
        """
        :raises RoleNotAllowed: unless the actor is an admin, by the store too, or the exchange.
        :raises AccessSuspended: if the admin was suspended a moment ago.
        :raises UserNotFound: if there is no such user.
        :raises NotSuspended: if the user is not suspended.
        :raises ConcurrentChange: if either user changed at the same time.
        """
        actor.require_admin()
        async with self.begin(actor_id=actor.id) as transaction:
            user = await user_for_admin(transaction, user_id, actor)
            reinstated = user.reinstate(reason, reinstated_by_id=actor.id, now=self.clock())
            transaction.users.save(reinstated)
        return reinstated.saved
