"""What admins do to the accounts of others."""

from datetime import datetime

from .actor import Actor
from .ports import IdentityTransaction, RevokedSessions
from .session import EndReason, Session
from .user import User, UserId


async def user_for_admin(transaction: IdentityTransaction, user_id: UserId, actor: Actor) -> User:
    """The user, locked to the end of the transaction, for an admin or the exchange itself.

    The admin is locked too, in the order of ids, and their role is that of the store. So of two
    admins who act against each other the second is refused. A log-in of the user waits, and then
    finds them changed.

    :raises RoleNotAllowed: unless the actor is an admin by the store, or the exchange.
    :raises AccessSuspended: if the admin was suspended a moment ago.
    :raises UserNotFound: if there is no such user.
    """
    if actor.is_exchange:
        return await transaction.users.get_for_update(user_id)
    locked = {
        each: await transaction.users.get_for_update(each) for each in sorted({user_id, actor.id})
    }
    locked[actor.id].check_not_suspended()
    Actor.of(locked[actor.id]).require_admin()
    return locked[user_id]


async def end_sessions(
    transaction: IdentityTransaction, user_id: UserId, reason: EndReason, now: datetime
) -> list[Session]:
    """End all open sessions of the user, with the transaction."""
    ended = [session.end(reason, now) for session in await transaction.sessions.open_of(user_id)]
    transaction.sessions.save(*ended)
    return ended


def revoke(revoked: RevokedSessions, ended: list[Session]) -> None:
    """Refuse the access tokens of ended sessions in this process, once the end is committed."""
    for session in ended:
        revoked.add(session.id)
