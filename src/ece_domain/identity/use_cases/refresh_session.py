from typing import final

from attrs import frozen

from ece_domain.identity.authentication_limits import AuthenticationLimits
from ece_domain.identity.client_address import ClientAddress
from ece_domain.identity.errors import InvalidRefreshToken, RefreshTokenReused
from ece_domain.identity.ports import IdentityTransaction, RevokedSessions, TokenIssuer
from ece_domain.identity.session import SessionTokens
from ece_domain.identity.tokens import RefreshToken, SecretSuccession
from ece_domain.kernel import Begin, Clock


@final
@frozen
class RefreshSession:
    """Trade the current refresh token for the next one and a fresh access token.

    A token is good once. Sent again within ``REFRESH_GRACE`` it gets the same next token, so
    neither a lost answer nor two tabs that refresh at once end the session. Sent again later, or
    after the next token was used too, it ends the session: somebody holds a copy.
    """

    begin: Begin[IdentityTransaction]
    limits: AuthenticationLimits
    tokens: TokenIssuer
    succession: SecretSuccession
    revoked: RevokedSessions
    clock: Clock

    async def __call__(
        self, *, token: RefreshToken, address: ClientAddress | None = None
    ) -> SessionTokens:
        """
        :raises RateLimited: if the address has shown too many refresh tokens lately.
        :raises InvalidRefreshToken: if it belongs to no session.
        :raises SessionNotActive: if its session has ended or expired.
        :raises RefreshTokenReused: if it was used before; its session is ended then.
        :raises ConcurrentChange: if the session changed at the same time.
        """
        await self.limits.before_refresh(address)
        now = self.clock()
        successors = token.successors(self.succession)
        async with self.begin() as transaction:
            session = await transaction.sessions.of_family(token.family_digest)
            if session is None:
                raise InvalidRefreshToken
            user = await transaction.users.get(session.user_id)
        refreshed = session.refresh(token, successors, now)
        if refreshed is not session:
            async with self.begin(actor_id=user.id) as transaction:
                transaction.sessions.save(refreshed.seen_at(address))
        following = refreshed.good_token(successors)
        if following is None:
            self.revoked.add(refreshed.id)
            raise RefreshTokenReused
        access = self.tokens.issue(user, refreshed.id, now)
        return SessionTokens(access, following, refreshed.expires_at)
