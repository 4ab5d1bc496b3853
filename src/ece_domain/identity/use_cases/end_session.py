from typing import final

from attrs import frozen

from ece_domain.identity.administration import end_sessions, revoke
from ece_domain.identity.errors import SessionNotFound
from ece_domain.identity.ports import IdentityTransaction, RevokedSessions
from ece_domain.identity.session import EndReason, SessionId
from ece_domain.identity.user import UserId
from ece_domain.kernel import Begin, Clock


@final
@frozen
class EndSession:
    """End one of your sessions, from whichever of them; one that has ended stays ended."""

    begin: Begin[IdentityTransaction]
    revoked: RevokedSessions
    clock: Clock

    async def __call__(self, *, session_id: SessionId, user_id: UserId) -> None:
        """
        :raises SessionNotFound: if the user has no such session.
        :raises ConcurrentChange: if the session was refreshed at the same time.
        """
        async with self.begin(actor_id=user_id) as transaction:
            session = await transaction.sessions.find(session_id)
            if session is None or session.user_id != user_id:
                raise SessionNotFound
            if session.ended_at is None:
                transaction.sessions.save(session.end(EndReason.ENDED_BY_USER, self.clock()))
        self.revoked.add(session_id)


@final
@frozen
class EndAllSessions:
    """End all your sessions, this one too: every device has to log in again."""

    begin: Begin[IdentityTransaction]
    revoked: RevokedSessions
    clock: Clock

    async def __call__(self, *, user_id: UserId) -> None:
        """:raises ConcurrentChange: if a session changed at the same time."""
        async with self.begin(actor_id=user_id) as transaction:
            ended = await end_sessions(transaction, user_id, EndReason.ENDED_BY_USER, self.clock())
        revoke(self.revoked, ended)
