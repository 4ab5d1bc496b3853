"""What a store of identity needs, beside the public API: its ports."""

from .ports import IdentityTransaction, SessionRepository, UserRepository
from .session import IDLE, LIFETIME

__all__ = [
    "IDLE",
    "LIFETIME",
    "IdentityTransaction",
    "SessionRepository",
    "UserRepository",
]
