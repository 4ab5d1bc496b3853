from typing import final

from attrs import frozen

from ece_domain.identity.email import EmailAddress
from ece_domain.identity.errors import WrongCredentials
from ece_domain.identity.password import Password
from ece_domain.identity.ports import IdentityTransaction, PasswordHasher, TokenIssuer
from ece_domain.identity.session import Session, SessionId, SignedIn
from ece_domain.identity.tokens import RefreshToken, SecretSource
from ece_domain.kernel import Begin, Clock, NewId


@final
@frozen
class LogIn:
    """Start a session for whoever knows the e-mail address and the password.

    A wrong password and an unknown address get the same answer after the same work. The password
    is checked between two transactions, since none should stay open for that long.
    """

    begin: Begin[IdentityTransaction]
    passwords: PasswordHasher
    tokens: TokenIssuer
    secrets: SecretSource
    clock: Clock
    new_id: NewId

    async def __call__(self, *, email: EmailAddress, password: Password) -> SignedIn:
        """
        :raises WrongCredentials: if there is no such user, or the password is another.
        :raises TooBusy: if too many passwords wait to be checked.
        :raises ConcurrentChange: if the user changed while an outdated hash was renewed.
        """
        async with self.begin() as transaction:
            user = await transaction.users.with_email(email)
        known = await self.passwords.verify(password, user.password_hash if user else None)
        if user is None or not known:
            raise WrongCredentials
        outdated = self.passwords.needs_rehash(user.password_hash)
        renewed = await self.passwords.hash(password) if outdated else user.password_hash
        now = self.clock()
        refresh = RefreshToken.fresh(self.secrets)
        session = Session.start(SessionId(self.new_id()), user_id=user.id, token=refresh, now=now)
        async with self.begin() as transaction:
            transaction.sessions.save(session)
            if outdated:
                transaction.users.save(user.with_password_hash(renewed))
        return SignedIn(self.tokens.issue(user, session.id, now), refresh, session.expires_at)
