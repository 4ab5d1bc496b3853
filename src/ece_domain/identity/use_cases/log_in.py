from contextlib import suppress
from typing import Final, final

from attrs import frozen

from ece_domain.identity.email import EmailAddress
from ece_domain.identity.errors import WrongCredentials
from ece_domain.identity.password import Password, PasswordHash
from ece_domain.identity.ports import IdentityTransaction, PasswordHasher, TokenIssuer
from ece_domain.identity.session import Session, SessionId, SessionTokens
from ece_domain.identity.tokens import RefreshToken, SecretSource
from ece_domain.identity.user import User
from ece_domain.kernel import Begin, Clock, ConcurrentChange, NewId

_TRIES: Final = 10
"""More than log-ins of one user that are likely to end at one moment."""


@final
@frozen
class LogIn:
    """Start a session for a user with a valid e-mail address and password.

    A wrong password and an unknown address get the same answer after the same work. The password
    is checked between two transactions, since none should stay open for that long.
    """

    begin: Begin[IdentityTransaction]
    passwords: PasswordHasher
    tokens: TokenIssuer
    secrets: SecretSource
    clock: Clock
    new_id: NewId

    async def __call__(self, *, email: EmailAddress, password: Password) -> SessionTokens:
        """
        :raises WrongCredentials: if there is no such user, or the password is another.
        :raises AccessSuspended: if the password is right, and the user is suspended.
        :raises TooBusy: if too many passwords wait to be checked.
        :raises ConcurrentChange: if the password was changed at the same time, or so much else
            that several tries were too few.
        """
        async with self.begin() as transaction:
            user = await transaction.users.with_email(email)
        known = await self.passwords.verify(password, user.password_hash if user else None)
        if user is None or not known:
            raise WrongCredentials
        user.check_not_suspended()
        outdated = self.passwords.needs_rehash(user.password_hash)
        renewed = await self.passwords.hash(password) if outdated else user.password_hash
        for _ in range(_TRIES):
            with suppress(ConcurrentChange):
                return await self._start(user, renewed)
            async with self.begin() as transaction:
                current = await transaction.users.get(user.id)
            current.check_not_suspended()
            if current.password_hash != user.password_hash:
                break
            user = current
        raise ConcurrentChange

    async def _start(self, user: User, password_hash: PasswordHash) -> SessionTokens:
        now = self.clock()
        refresh = RefreshToken.fresh(self.secrets)
        session = Session.start(SessionId(self.new_id()), user_id=user.id, token=refresh, now=now)
        async with self.begin(actor_id=user.id) as transaction:
            if password_hash == user.password_hash:
                # A change of role locks the user, so it ends this session or fails this check.
                transaction.users.require_unchanged(user)
            else:
                transaction.users.save(user.with_password_hash(password_hash))
            transaction.sessions.save(session)
        return SessionTokens(self.tokens.issue(user, session.id, now), refresh, session.expires_at)
