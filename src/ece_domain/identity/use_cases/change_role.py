from typing import final

from attrs import frozen

from ece_domain.identity.errors import AdminsOnly, OwnRole
from ece_domain.identity.ports import IdentityTransaction, RevokedSessions
from ece_domain.identity.session import EndReason
from ece_domain.identity.user import Role, User, UserId
from ece_domain.kernel import Begin, Clock


@final
@frozen
class ChangeRole:
    """Give a user another role, and end their sessions, which speak of the role before."""

    begin: Begin[IdentityTransaction]
    revoked: RevokedSessions
    clock: Clock

    async def __call__(self, *, user_id: UserId, role: Role, by: UserId) -> User:
        """
        :raises AdminsOnly: unless ``by`` is an admin now, whatever their token says.
        :raises OwnRole: if ``by`` is the user.
        :raises UserNotFound: if there is no such user.
        :raises ConcurrentChange: if either user or a session changed at the same time.
        """
        now = self.clock()
        async with self.begin(actor=by) as transaction:
            actor = await transaction.users.get(by)
            if actor.role is not Role.ADMIN:
                raise AdminsOnly
            if user_id == by:
                raise OwnRole
            user = await transaction.users.get(user_id)
            if user.role is role:
                return user
            changed = user.with_role(role, by=by, now=now)
            # Saving the admin as well makes sure that they still are one at the end: two who take
            # each other's role at the same moment would leave nobody.
            for each in sorted((changed, actor), key=lambda saved: saved.id):
                transaction.users.save(each)
            sessions = await transaction.sessions.open_of(user_id)
            transaction.sessions.save(
                *(session.end(EndReason.ROLE_CHANGED, now) for session in sessions)
            )
        for session in sessions:
            self.revoked.add(session.id)
        return changed.saved
