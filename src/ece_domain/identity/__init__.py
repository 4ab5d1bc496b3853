"""Identity: who somebody is, and what they may do."""

from .actor import ADMINS, MODERATORS, OPERATORS, Actor
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
    SessionNotFound,
    TokenExpired,
    TooBusy,
    UnacceptablePassword,
    UserNotFound,
    WrongCredentials,
    WrongPassword,
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
from .queries import GetMyAccount, GetProfile, ListMySessions, ListUsers, Profile
from .session import MAX_OPEN_SESSIONS, REFRESH_GRACE, EndReason, Session, SessionId, SessionTokens
from .system_account import CARD_ARCHIVE, SystemAccount
from .tokens import ACCESS_LIFETIME, AccessToken, RefreshToken, SecretSource, SecretSuccession
from .use_cases.change_password import ChangePassword
from .use_cases.change_role import ChangeRole
from .use_cases.end_session import EndAllSessions, EndSession
from .use_cases.log_in import LogIn
from .use_cases.log_out import LogOut
from .use_cases.open_system_account import OpenSystemAccount
from .use_cases.refresh_session import RefreshSession
from .use_cases.register_user import RegisterUser
from .use_cases.reinstate_user import ReinstateUser
from .use_cases.set_password import SetPassword
from .use_cases.suspend_user import SuspendUser
from .user import Role, Suspension, User, UserId

__all__ = [
    "ACCESS_LIFETIME",
    "ADMINS",
    "CARD_ARCHIVE",
    "MAX_OPEN_SESSIONS",
    "MODERATORS",
    "OPERATORS",
    "REFRESH_GRACE",
    "AccessSuspended",
    "AccessToken",
    "Actor",
    "AlreadySuspended",
    "AuthenticationLimits",
    "CannotChangeOwnRole",
    "CannotSuspendYourself",
    "ChangePassword",
    "ChangeRole",
    "Claims",
    "ClientAddress",
    "EmailAddress",
    "EmailTaken",
    "EndAllSessions",
    "EndReason",
    "EndSession",
    "GetMyAccount",
    "GetProfile",
    "Handle",
    "HandleReserved",
    "HandleTaken",
    "InvalidEmail",
    "InvalidHandle",
    "InvalidRefreshToken",
    "InvalidToken",
    "ListMySessions",
    "ListUsers",
    "LogIn",
    "LogInFailed",
    "LogInLimited",
    "LogOut",
    "NotSuspended",
    "OpenSystemAccount",
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
    "SessionNotFound",
    "SessionStarted",
    "SessionTokens",
    "SetPassword",
    "SuspendUser",
    "Suspension",
    "SystemAccount",
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
    "WrongPassword",
]
