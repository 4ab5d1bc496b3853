from typing import final

from attrs import frozen

from ece_domain.identity.errors import InvalidRefreshToken, RefreshTokenReused
from ece_domain.identity.ports import IdentityTransaction, RevokedSessions, TokenIssuer
from ece_domain.identity.session import SignedIn
from ece_domain.identity.tokens import RefreshToken, SecretSource
from ece_domain.kernel import Begin, Clock


@final
@frozen
class RefreshSession:
    """Trade the current refresh token for the next one and a fresh access token.

    A token is good once. Of two uses at the same time exactly one wins; the other is refused as
    ConcurrentChange, and on its retry counts as what it is: a reuse, which ends the session.
    A client therefore refreshes from one place.
    """

    begin: Begin[IdentityTransaction]
    tokens: TokenIssuer
    secrets: SecretSource
    revoked: RevokedSessions
    clock: Clock

    async def __call__(self, *, token: RefreshToken) -> SignedIn:
        """
        :raises InvalidRefreshToken: if it belongs to no session.
        :raises SessionOver: if its session has ended or expired.
        :raises RefreshTokenReused: if it was used before; its session is ended then.
        :raises ConcurrentChange: if the session changed at the same time.
        """
        now = self.clock()
        following = token.next(self.secrets)
        async with self.begin() as transaction:
            session = await transaction.sessions.of_family(token.family_digest)
            if session is None:
                raise InvalidRefreshToken
            user = await transaction.users.get(session.user_id)
            refreshed = session.refresh(token, following, now)
            transaction.sessions.save(refreshed)
        if refreshed.ended_at is not None:
            self.revoked.add(refreshed.id)
            raise RefreshTokenReused
        access = self.tokens.issue(user, refreshed.id, now)
        return SignedIn(access, following, refreshed.expires_at)
