from typing import final

from attrs import frozen

from ece_domain.identity.administration import revoke
from ece_domain.identity.authentication_limits import AuthenticationLimits
from ece_domain.identity.client_address import ClientAddress
from ece_domain.identity.errors import WrongPassword
from ece_domain.identity.password import Password
from ece_domain.identity.ports import IdentityTransaction, PasswordHasher, RevokedSessions
from ece_domain.identity.session import EndReason, SessionId
from ece_domain.identity.user import UserId
from ece_domain.kernel import Begin, Clock, ConcurrentChange


@final
@frozen
class ChangePassword:
    """Replace your password, and end your other sessions: a thief of the old one is out."""

    begin: Begin[IdentityTransaction]
    passwords: PasswordHasher
    limits: AuthenticationLimits
    revoked: RevokedSessions
    clock: Clock

    async def __call__(
        self,
        *,
        user_id: UserId,
        session_id: SessionId,
        current: Password,
        new: Password,
        address: ClientAddress | None = None,
    ) -> None:
        """``session_id`` is the session that goes on.

        :raises RateLimited: if the user or the address had too many attempts lately.
        :raises UserNotFound: if there is no such user.
        :raises WrongPassword: if the current password is another.
        :raises UnacceptablePassword: if the new one is the e-mail address, a part of it or the
            handle.
        :raises AccessSuspended: if the user was suspended a moment ago.
        :raises TooBusy: if too many passwords wait to be checked.
        :raises ConcurrentChange: if the password or a session changed at the same time.
        """
        await self.limits.before_password_change(user_id, address)
        async with self.begin() as transaction:
            user = await transaction.users.get(user_id)
        new.check_unlike(user.email, user.handle)
        if not await self.passwords.verify(current, user.password_hash, address):
            raise WrongPassword
        password_hash = await self.passwords.hash(new, address)
        now = self.clock()
        async with self.begin(actor_id=user_id) as transaction:
            locked = await transaction.users.get_for_update(user_id)
            locked.check_not_suspended()
            if locked.password_hash != user.password_hash:
                raise ConcurrentChange
            transaction.users.save(
                locked.with_password(password_hash, changed_by_id=user_id, now=now)
            )
            ended = [
                session.end(EndReason.PASSWORD_CHANGED, now)
                for session in await transaction.sessions.open_of(user_id)
                if session.id != session_id
            ]
            transaction.sessions.save(*ended)
        revoke(self.revoked, ended)
