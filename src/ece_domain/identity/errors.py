"""What identity refuses."""

from datetime import datetime

from attrs import define

from ece_domain.kernel import (
    Conflict,
    Forbidden,
    InvalidInput,
    LimitExceeded,
    NotFound,
    Unauthenticated,
)


@define(slots=False)
class InvalidEmail(InvalidInput):
    """The email address is not valid."""

    code = "identity.invalid-email"
    cause = (
        "An address looks like name@example.com and has at most 254 ASCII characters. A domain "
        "name in another script is written in its ASCII form (``xn--...``)."
    )


@define(slots=False)
class InvalidHandle(InvalidInput):
    """The handle is not valid."""

    code = "identity.invalid-handle"
    cause = "A handle has 3 to 30 characters: letters a to z, digits and underscores."


@define(slots=False)
class HandleReserved(InvalidInput):
    """The handle is reserved."""

    code = "identity.handle-reserved"
    cause = 'People could mistake "{handle}" for the exchange itself.'
    hint = "Choose another handle, then send the request again."

    handle: str


@define(slots=False)
class UnacceptablePassword(InvalidInput):
    """The password is not acceptable."""

    code = "identity.unacceptable-password"
    cause = (
        "A password has 10 to 128 characters. It must not be your email address, a part of it, or "
        "your handle."
    )
    hint = "Choose another password, then send the request again."


@define(slots=False)
class EmailTaken(Conflict):
    """An account with this email address exists already."""

    code = "identity.email-taken"
    cause = "Each email address belongs to one account."
    hint = "Log in with this address, or register with another one."


@define(slots=False)
class HandleTaken(Conflict):
    """The handle is taken."""

    code = "identity.handle-taken"
    cause = "Another user has this handle, and each handle names one user."
    hint = "Choose another handle, then send the request again."


@define(slots=False)
class UserNotFound(NotFound):
    """The user does not exist."""

    code = "identity.user-not-found"
    cause = "No user has this id or handle, or you may not see this part of their account."


@define(slots=False)
class WrongCredentials(Unauthenticated):
    """The email address or the password is wrong."""

    code = "identity.wrong-credentials"
    cause = "The answer does not say which one, so that nobody can find out who has an account."
    hint = "Check both and log in again, or register if you have no account."


@define(slots=False)
class WrongPassword(InvalidInput):
    """The current password is wrong."""

    code = "identity.wrong-password"
    cause = "A new password is set only for who knows the old one."
    hint = "Check the current password, then send the request again."


@define(slots=False)
class SessionNotFound(NotFound):
    """The session does not exist."""

    code = "identity.session-not-found"
    cause = "You have no session with this id."
    hint = "List your sessions, then send the id of one of them."


@define(slots=False)
class InvalidToken(Unauthenticated):
    """The access token is not valid."""

    code = "identity.invalid-token"
    cause = (
        "This exchange did not issue the token for this use, or the token was changed or cut off."
    )


@define(slots=False)
class TokenExpired(Unauthenticated):
    """The access token has expired."""

    code = "identity.token-expired"
    cause = "An access token is valid for 10 minutes."
    hint = "Refresh the session, then repeat the request with the new access token."


@define(slots=False)
class InvalidRefreshToken(Unauthenticated):
    """The refresh token is not valid."""

    code = "identity.invalid-refresh-token"
    cause = "The token belongs to no session of this exchange, or it was changed or cut off."


@define(slots=False)
class RefreshTokenReused(Unauthenticated):
    """The refresh token was used before, so the session was ended."""

    code = "identity.refresh-token-reused"
    cause = (
        "The client or a thief holds a copy, and ECE cannot tell which. A token that is sent "
        "again within 30 seconds of its use, as after a lost answer, gets the same answer "
        "instead."
    )


@define(slots=False)
class SessionNotActive(Unauthenticated):
    """The session has ended."""

    code = "identity.session-not-active"
    cause = (
        "You logged out or ended it elsewhere, your password or role changed, your access was "
        "suspended, a refresh token was used twice, or the session expired."
    )


@define(slots=False)
class RoleNotAllowed(Forbidden):
    """Your role is not allowed to do this."""

    code = "identity.role-not-allowed"
    cause = "One of these roles is needed: {required}."

    required: tuple[str, ...]


@define(slots=False)
class CannotChangeOwnRole(Forbidden):
    """You cannot change your own role."""

    code = "identity.cannot-change-own-role"
    cause = "This rule makes sure that at least one admin remains."
    hint = "Ask another admin to change your role."


@define(slots=False)
class AccessSuspended(Forbidden):
    """Your access to the exchange is suspended."""

    code = "identity.access-suspended"
    cause = 'An operator suspended it at {suspended_at}, with the reason "{reason}".'
    hint = "Contact the operator of the exchange."

    reason: str
    suspended_at: datetime


@define(slots=False)
class AlreadySuspended(Conflict):
    """The user is suspended already."""

    code = "identity.already-suspended"
    cause = "The suspension of {suspended_at} stays, with its reason."
    hint = "To give another reason, reinstate the user first."

    suspended_at: datetime


@define(slots=False)
class NotSuspended(Conflict):
    """The user is not suspended."""

    code = "identity.not-suspended"
    cause = "Only a suspended user can be reinstated."
    hint = "Check the id that you sent."


@define(slots=False)
class CannotSuspendYourself(Forbidden):
    """You cannot suspend yourself."""

    code = "identity.cannot-suspend-yourself"
    cause = "This rule makes sure that at least one admin can act."
    hint = "Ask another admin to suspend you."


@define(slots=False)
class TooBusy(LimitExceeded):
    """Too many passwords are being checked at the same time."""

    code = "identity.too-busy"
    cause = "Checking a password takes much memory, so only a few are checked at once."
    hint = "Wait a moment, then send the same request again."
