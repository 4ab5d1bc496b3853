from typing import final

from attrs import frozen

from ece_domain.identity.actor import Actor
from ece_domain.identity.administration import end_sessions, revoke, user_for_admin
from ece_domain.identity.errors import CannotChangeOwnRole
from ece_domain.identity.ports import IdentityTransaction, RevokedSessions
from ece_domain.identity.session import EndReason
from ece_domain.identity.user import Role, User, UserId
from ece_domain.kernel import Begin, Clock


@final
@frozen
class ChangeRole:
    """Give a user another role, and end their sessions, whose tokens have the old role."""

    begin: Begin[IdentityTransaction]
    revoked: RevokedSessions
    clock: Clock

    async def __call__(self, *, user_id: UserId, role: Role, actor: Actor) -> User:
        """
        :raises RoleNotAllowed: unless the actor is an admin, by the store too, or the exchange.
        :raises CannotChangeOwnRole: if the actor is the user.
        :raises AccessSuspended: if the admin was suspended a moment ago.
        :raises UserNotFound: if there is no such user.
        :raises ConcurrentChange: if either user or a session changed at the same time.
        """
        actor.require_admin()
        if user_id == actor.id:
            raise CannotChangeOwnRole
        now = self.clock()
        async with self.begin(actor_id=actor.id) as transaction:
            user = await user_for_admin(transaction, user_id, actor)
            if user.role is role:
                return user
            changed = user.with_role(role, changed_by_id=actor.id, now=now)
            transaction.users.save(changed)
            ended = await end_sessions(transaction, user_id, EndReason.ROLE_CHANGED, now)
        revoke(self.revoked, ended)
        return changed.saved
