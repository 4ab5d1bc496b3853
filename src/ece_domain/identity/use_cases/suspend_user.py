from typing import final

from attrs import frozen

from ece_domain.identity.actor import Actor
from ece_domain.identity.administration import end_sessions, revoke, user_for_admin
from ece_domain.identity.errors import CannotSuspendYourself
from ece_domain.identity.ports import IdentityTransaction, RevokedSessions
from ece_domain.identity.session import EndReason
from ece_domain.identity.user import User, UserId
from ece_domain.kernel import Begin, Clock, Reason


@final
@frozen
class SuspendUser:
    """Keep a user from logging in and from acting, until they are reinstated.

    Their sessions end, which every server knows within two seconds. Their money and cards stay
    theirs; what they offered cannot be bought meanwhile.
    """

    begin: Begin[IdentityTransaction]
    revoked: RevokedSessions
    clock: Clock

    async def __call__(self, *, user_id: UserId, reason: Reason, actor: Actor) -> User:
        """
        :raises RoleNotAllowed: unless the actor is an admin, by the store too, or the exchange.
        :raises CannotSuspendYourself: if the actor is the user.
        :raises AccessSuspended: if the admin was suspended a moment ago.
        :raises UserNotFound: if there is no such user.
        :raises AlreadySuspended: if the user is suspended.
        :raises ConcurrentChange: if either user or a session changed at the same time.
        """
        actor.require_admin()
        if user_id == actor.id:
            raise CannotSuspendYourself
        now = self.clock()
        async with self.begin(actor_id=actor.id) as transaction:
            user = await user_for_admin(transaction, user_id, actor)
            suspended = user.suspend(reason, suspended_by_id=actor.id, now=now)
            transaction.users.save(suspended)
            ended = await end_sessions(transaction, user_id, EndReason.USER_SUSPENDED, now)
        revoke(self.revoked, ended)
        return suspended.saved
