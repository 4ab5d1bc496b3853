from typing import final

from attrs import frozen

from ece_domain.identity.actor import ADMINS, Actor
from ece_domain.identity.errors import CannotChangeOwnRole
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

    async def __call__(self, *, user_id: UserId, role: Role, actor: Actor) -> User:
        """
        :raises RoleNotAllowed: unless the actor is an admin, by the store too.
        :raises CannotChangeOwnRole: if the actor is the user.
        :raises UserNotFound: if there is no such user.
        :raises ConcurrentChange: if either user or a session changed at the same time.
        """
        actor.require(ADMINS)
        if user_id == actor.id:
            raise CannotChangeOwnRole
        now = self.clock()
        async with self.begin(actor_id=actor.id) as transaction:
            # Both stay as they are to the end, whoever comes first. Of two admins who take each
            # other's role one is told that they are none any more, and a log-in of the user waits:
            # its session is ended here, or speaks of the new role.
            locked = {
                each: await transaction.users.get_for_update(each)
                for each in sorted((user_id, actor.id))
            }
            Actor.of(locked[actor.id]).require(ADMINS)
            user = locked[user_id]
            if user.role is role:
                return user
            changed = user.with_role(role, changed_by_id=actor.id, now=now)
            transaction.users.save(changed)
            sessions = await transaction.sessions.open_of(user_id)
            transaction.sessions.save(
                *(session.end(EndReason.ROLE_CHANGED, now) for session in sessions)
            )
        for session in sessions:
            self.revoked.add(session.id)
        return changed.saved
