"""What identity refuses."""

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
    """This is not an e-mail address such as name@example.com, in plain ASCII.

    A domain name in another script is written in its ASCII form (``xn--...``).
    """

    code = "identity.invalid-email"


@define(slots=False)
class InvalidHandle(InvalidInput):
    """A handle has 3 to 30 characters out of a to z, 0 to 9 and the underscore."""

    code = "identity.invalid-handle"


@define(slots=False)
class HandleReserved(InvalidInput):
    """This handle could be mistaken for the exchange itself."""

    code = "identity.handle-reserved"
    handle: str


@define(slots=False)
class UnacceptablePassword(InvalidInput):
    """A password has 10 to 128 characters, and is neither your e-mail address nor your handle."""

    code = "identity.unacceptable-password"


@define(slots=False)
class EmailTaken(Conflict):
    """An account with this e-mail address exists already."""

    code = "identity.email-taken"


@define(slots=False)
class HandleTaken(Conflict):
    """Another collector has this handle."""

    code = "identity.handle-taken"


@define(slots=False)
class UserNotFound(NotFound):
    """There is no such user."""

    code = "identity.user-not-found"


@define(slots=False)
class WrongCredentials(Unauthenticated):
    """The e-mail address or the password is wrong."""

    code = "identity.wrong-credentials"


@define(slots=False)
class InvalidToken(Unauthenticated):
    """The access token was not issued by this exchange for this use."""

    code = "identity.invalid-token"


@define(slots=False)
class TokenExpired(Unauthenticated):
    """The access token has expired: refresh the session."""

    code = "identity.token-expired"


@define(slots=False)
class InvalidRefreshToken(Unauthenticated):
    """The refresh token belongs to no session."""

    code = "identity.invalid-refresh-token"


@define(slots=False)
class RefreshTokenReused(Unauthenticated):
    """The refresh token was used before, so the session was ended: log in again.

    Either the client or a thief holds a copy. Nobody can tell which, so both lose the session. A
    token that is sent again within 30 seconds of its use, as after a lost answer, gets the same
    answer instead.
    """

    code = "identity.refresh-token-reused"


@define(slots=False)
class SessionOver(Unauthenticated):
    """The session has ended: log in again."""

    code = "identity.session-over"


@define(slots=False)
class RoleNotAllowed(Forbidden):
    """Your role may not do this: ``required`` lists the roles that may."""

    code = "identity.role-not-allowed"
    required: tuple[str, ...]


@define(slots=False)
class OwnRole(Forbidden):
    """Nobody changes their own role, so an admin remains after every change."""

    code = "identity.own-role"


@define(slots=False)
class TooBusy(LimitExceeded):
    """Too many passwords are being checked: try again in a moment."""

    code = "identity.too-busy"
