"""What a store of identity needs, beside the public API: its ports."""

from .ports import IdentityTransaction, SessionRepository, UserRepository

__all__ = [
    "IdentityTransaction",
    "SessionRepository",
    "UserRepository",
]
