"""Identity: who somebody is, and what they may do."""

from .user import UserId

__all__ = ["UserId"]
