"""Identity: who somebody is, and what they may do."""

from .actor import ADMINS, Actor
from .claims import Claims
from .email import EmailAddress
from .errors import (
    EmailTaken,
    HandleReserved,
    HandleTaken,
    InvalidEmail,
    InvalidHandle,
    InvalidRefreshToken,
    InvalidToken,
    OwnRole,
    RefreshTokenReused,
    RoleNotAllowed,
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
from .queries import Profile, ReadOwnAccount, ReadProfile
from .session import REFRESH_GRACE, EndReason, Session, SessionId, SignedIn
from .tokens import ACCESS_LIFETIME, AccessToken, RefreshToken, SecretSource, SecretSuccession
from .use_cases.change_role import ChangeRole
from .use_cases.log_in import LogIn
from .use_cases.log_out import LogOut
from .use_cases.refresh_session import RefreshSession
from .use_cases.register_user import RegisterUser
from .user import Role, User, UserId

__all__ = [
    "ACCESS_LIFETIME",
    "ADMINS",
    "REFRESH_GRACE",
    "AccessToken",
    "Actor",
    "ChangeRole",
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
    "LogIn",
    "LogOut",
    "OwnRole",
    "Password",
    "PasswordHash",
    "PasswordHasher",
    "Profile",
    "ReadOwnAccount",
    "ReadProfile",
    "RefreshSession",
    "RefreshToken",
    "RefreshTokenReused",
    "RegisterUser",
    "RevokedSessions",
    "Role",
    "RoleChanged",
    "RoleNotAllowed",
    "SecretSource",
    "SecretSuccession",
    "Session",
    "SessionEnded",
    "SessionId",
    "SessionOver",
    "SessionRepository",
    "SessionStarted",
    "SignedIn",
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
