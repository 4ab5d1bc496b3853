"""Identity: who somebody is, and what they may do."""

from .actor import ADMINS, OPERATORS, Actor
from .authentication_limits import AuthenticationLimits
from .claims import Claims
from .client_address import ClientAddress
from .email import EmailAddress
from .errors import (
    AccessSuspended,
    AlreadySuspended,
    CannotChangeOwnRole,
    CannotSuspendYourself,
    EmailTaken,
    HandleReserved,
    HandleTaken,
    InvalidEmail,
    InvalidHandle,
    InvalidRefreshToken,
    InvalidToken,
    NotSuspended,
    RefreshTokenReused,
    RoleNotAllowed,
    SessionNotActive,
    TokenExpired,
    TooBusy,
    UnacceptablePassword,
    UserNotFound,
    WrongCredentials,
)
from .events import (
    LogInFailed,
    LogInLimited,
    PasswordChanged,
    RoleChanged,
    SessionEnded,
    SessionStarted,
    UserRegistered,
    UserReinstated,
    UserSuspended,
)
from .handle import Handle
from .password import Password, PasswordHash
from .ports import PasswordHasher, RevokedSessions, TokenIssuer, TokenVerifier
from .queries import GetMyAccount, GetProfile, ListUsers, Profile
from .session import MAX_OPEN_SESSIONS, REFRESH_GRACE, EndReason, Session, SessionId, SessionTokens
from .tokens import ACCESS_LIFETIME, AccessToken, RefreshToken, SecretSource, SecretSuccession
from .use_cases.change_role import ChangeRole
from .use_cases.log_in import LogIn
from .use_cases.log_out import LogOut
from .use_cases.refresh_session import RefreshSession
from .use_cases.register_user import RegisterUser
from .use_cases.reinstate_user import ReinstateUser
from .use_cases.set_password import SetPassword
from .use_cases.suspend_user import SuspendUser
from .user import Role, Suspension, User, UserId

__all__ = [
    "ACCESS_LIFETIME",
    "ADMINS",
    "MAX_OPEN_SESSIONS",
    "OPERATORS",
    "REFRESH_GRACE",
    "AccessSuspended",
    "AccessToken",
    "Actor",
    "AlreadySuspended",
    "AuthenticationLimits",
    "CannotChangeOwnRole",
    "CannotSuspendYourself",
    "ChangeRole",
    "Claims",
    "ClientAddress",
    "EmailAddress",
    "EmailTaken",
    "EndReason",
    "GetMyAccount",
    "GetProfile",
    "Handle",
    "HandleReserved",
    "HandleTaken",
    "InvalidEmail",
    "InvalidHandle",
    "InvalidRefreshToken",
    "InvalidToken",
    "ListUsers",
    "LogIn",
    "LogInFailed",
    "LogInLimited",
    "LogOut",
    "NotSuspended",
    "Password",
    "PasswordChanged",
    "PasswordHash",
    "PasswordHasher",
    "Profile",
    "RefreshSession",
    "RefreshToken",
    "RefreshTokenReused",
    "RegisterUser",
    "ReinstateUser",
    "RevokedSessions",
    "Role",
    "RoleChanged",
    "RoleNotAllowed",
    "SecretSource",
    "SecretSuccession",
    "Session",
    "SessionEnded",
    "SessionId",
    "SessionNotActive",
    "SessionStarted",
    "SessionTokens",
    "SetPassword",
    "SuspendUser",
    "Suspension",
    "TokenExpired",
    "TokenIssuer",
    "TokenVerifier",
    "TooBusy",
    "UnacceptablePassword",
    "User",
    "UserId",
    "UserNotFound",
    "UserRegistered",
    "UserReinstated",
    "UserSuspended",
    "WrongCredentials",
]
