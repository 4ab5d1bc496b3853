from datetime import datetime

from attrs import frozen

from .actor import Actor
from .session import SessionId
from .user import Role, UserId


@frozen
class Claims:
    """What a verified access token says of its caller."""

    user_id: UserId
    session_id: SessionId
    role: Role
    expires_at: datetime

    @property
    def actor(self) -> Actor:
        """The caller, for a use case."""
        return Actor(self.user_id, self.role)
