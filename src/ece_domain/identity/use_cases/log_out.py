from typing import final

from attrs import frozen

from ece_domain.identity.ports import IdentityTransaction, RevokedSessions
from ece_domain.identity.session import EndReason, SessionId
from ece_domain.kernel import Begin, Clock


@final
@frozen
class LogOut:
    """End a session with all its tokens; one that has ended stays ended."""

    begin: Begin[IdentityTransaction]
    revoked: RevokedSessions
    clock: Clock

    async def __call__(self, *, session_id: SessionId) -> None:
        """:raises ConcurrentChange: if the session was refreshed at the same time."""
        async with self.begin() as transaction:
            session = await transaction.sessions.find(session_id)
        if session is not None and session.ended_at is None:
            async with self.begin(actor_id=session.user_id) as transaction:
                transaction.sessions.save(session.end(EndReason.LOGGED_OUT, self.clock()))
        self.revoked.add(session_id)
