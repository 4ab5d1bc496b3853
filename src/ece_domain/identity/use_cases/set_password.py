from typing import final

from attrs import frozen

from ece_domain.identity.actor import Actor
from ece_domain.identity.administration import end_sessions, revoke, user_for_admin
from ece_domain.identity.password import Password
from ece_domain.identity.ports import IdentityTransaction, PasswordHasher, RevokedSessions
from ece_domain.identity.session import EndReason
from ece_domain.identity.user import User, UserId
from ece_domain.kernel import Begin, Clock


@final
@frozen
class SetPassword:
    """Give a user another password as an operator, and end their sessions.

    For people who lost theirs, and for accounts that somebody else got into.
    """

    begin: Begin[IdentityTransaction]
    passwords: PasswordHasher
    revoked: RevokedSessions
    clock: Clock

    async def __call__(self, *, user_id: UserId, password: Password, actor: Actor) -> User:
        """
        :raises RoleNotAllowed: unless the actor is an admin, by the store too, or the exchange.
        :raises AccessSuspended: if the admin was suspended a moment ago.
        :raises UserNotFound: if there is no such user.
        :raises UnacceptablePassword: if it is the e-mail address, a part of it or the handle.
        :raises TooBusy: if too many passwords wait to be hashed.
        :raises ConcurrentChange: if either user or a session changed at the same time.
        """
        actor.require_admin()
        password_hash = await self.passwords.hash(password)
        now = self.clock()
        async with self.begin(actor_id=actor.id) as transaction:
            user = await user_for_admin(transaction, user_id, actor)
            password.check_unlike(user.email, user.handle)
            changed = user.with_password(password_hash, changed_by_id=actor.id, now=now)
            transaction.users.save(changed)
            ended = await end_sessions(transaction, user_id, EndReason.PASSWORD_CHANGED, now)
        revoke(self.revoked, ended)
        return changed.saved
