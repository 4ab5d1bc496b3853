"""What happened to users and their sessions. An e-mail address never leaves in an event.

Who acted is a user, or ``kernel.EXCHANGE_ID`` for the command line of the exchange.
"""

from uuid import UUID

from attrs import frozen

from ece_domain.kernel import Event


@frozen(kw_only=True)
class UserRegistered(Event):
    kind = "identity.user-registered"
    subject = "user_id"

    user_id: UUID
    handle: str
    role: str


@frozen(kw_only=True)
class RoleChanged(Event):
    kind = "identity.role-changed"
    subject = "user_id"

    user_id: UUID
    changed_by_id: UUID
    before: str
    after: str


@frozen(kw_only=True)
class PasswordChanged(Event):
    kind = "identity.password-changed"
    subject = "user_id"

    user_id: UUID
    changed_by_id: UUID


@frozen(kw_only=True)
class UserSuspended(Event):
    kind = "identity.user-suspended"
    subject = "user_id"

    user_id: UUID
    suspended_by_id: UUID
    reason: str


@frozen(kw_only=True)
class UserReinstated(Event):
    kind = "identity.user-reinstated"
    subject = "user_id"

    user_id: UUID
    reinstated_by_id: UUID
    reason: str


@frozen(kw_only=True)
class LogInFailed(Event):
    """Recorded for some of many attempts, also on accounts that do not exist."""

    kind = "identity.log-in-failed"
    subject = "attempt_id"

    attempt_id: UUID
    user_id: UUID | None
    address: str | None


@frozen(kw_only=True)
class LogInLimited(Event):
    """Recorded for some of many attempts, also on accounts that do not exist."""

    kind = "identity.log-in-limited"
    subject = "attempt_id"

    attempt_id: UUID
    user_id: UUID | None
    address: str | None
    limit: str


@frozen(kw_only=True)
class SessionStarted(Event):
    kind = "identity.session-started"
    subject = "session_id"

    session_id: UUID
    user_id: UUID


@frozen(kw_only=True)
class SessionEnded(Event):
    kind = "identity.session-ended"
    subject = "session_id"

    session_id: UUID
    user_id: UUID
    reason: str
