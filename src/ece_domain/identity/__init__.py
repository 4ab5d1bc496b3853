"""Identity: who somebody is, and what they may do."""

from .claims import Claims
from .email import EmailAddress
from .errors import (
    AdminsOnly,
    EmailTaken,
    HandleReserved,
    HandleTaken,
    InvalidEmail,
    InvalidHandle,
    InvalidRefreshToken,
    InvalidToken,
    OwnRole,
    RefreshTokenReused,
    SessionOver,
    TokenExpired,
    TooBusy,
    UnacceptablePassword,
    UserNotFound,
    WrongCredentials,
)
from .events import RoleChanged, SessionEnded, SessionStarted, UserRegistered
from .handle import Handle
from .password import Password, PasswordHash
from .ports import (
    IdentityTransaction,
    PasswordHasher,
    RevokedSessions,
    SessionRepository,
    TokenIssuer,
    TokenVerifier,
    UserRepository,
)
from .session import EndReason, Session, SessionId
from .tokens import ACCESS_LIFETIME, AccessToken, RefreshToken, SecretSource
from .user import Role, User, UserId

__all__ = [
    "ACCESS_LIFETIME",
    "AccessToken",
    "AdminsOnly",
    "Claims",
    "EmailAddress",
    "EmailTaken",
    "EndReason",
    "Handle",
    "HandleReserved",
    "HandleTaken",
    "IdentityTransaction",
    "InvalidEmail",
    "InvalidHandle",
    "InvalidRefreshToken",
    "InvalidToken",
    "OwnRole",
    "Password",
    "PasswordHash",
    "PasswordHasher",
    "RefreshToken",
    "RefreshTokenReused",
    "RevokedSessions",
    "Role",
    "RoleChanged",
    "SecretSource",
    "Session",
    "SessionEnded",
    "SessionId",
    "SessionOver",
    "SessionRepository",
    "SessionStarted",
    "TokenExpired",
    "TokenIssuer",
    "TokenVerifier",
    "TooBusy",
    "UnacceptablePassword",
    "User",
    "UserId",
    "UserNotFound",
    "UserRegistered",
    "UserRepository",
    "WrongCredentials",
]
