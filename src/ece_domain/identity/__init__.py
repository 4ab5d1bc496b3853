"""Identity: who somebody is, and what they may do."""

from .actor import ADMINS, OPERATORS, Actor
from .claims import Claims
from .email import EmailAddress
from .errors import (
    CannotChangeOwnRole,
    EmailTaken,
    HandleReserved,
    HandleTaken,
    InvalidEmail,
    InvalidHandle,
    InvalidRefreshToken,
    InvalidToken,
    RefreshTokenReused,
    RoleNotAllowed,
    SessionNotActive,
    TokenExpired,
    TooBusy,
    UnacceptablePassword,
    UserNotFound,
    WrongCredentials,
)
from .events import RoleChanged, SessionEnded, SessionStarted, UserRegistered
from .handle import Handle
from .password import Password, PasswordHash
from .ports import PasswordHasher, RevokedSessions, TokenIssuer, TokenVerifier
from .queries import GetMyAccount, GetProfile, Profile
from .session import REFRESH_GRACE, EndReason, Session, SessionId, SessionTokens
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
    "OPERATORS",
    "REFRESH_GRACE",
    "AccessToken",
    "Actor",
    "CannotChangeOwnRole",
    "ChangeRole",
    "Claims",
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
    "LogIn",
    "LogOut",
    "Password",
    "PasswordHash",
    "PasswordHasher",
    "Profile",
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
    "SessionNotActive",
    "SessionStarted",
    "SessionTokens",
    "TokenExpired",
    "TokenIssuer",
    "TokenVerifier",
    "TooBusy",
    "UnacceptablePassword",
    "User",
    "UserId",
    "UserNotFound",
    "UserRegistered",
    "WrongCredentials",
]
