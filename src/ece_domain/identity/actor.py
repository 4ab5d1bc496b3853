from collections.abc import Collection
from typing import Final

from attrs import frozen

from ece_domain.kernel import EXCHANGE_ID

from .errors import RoleNotAllowed
from .user import Role, User, UserId

ADMINS: Final = frozenset({Role.ADMIN})
MODERATORS: Final = frozenset({Role.ADMIN, Role.MODERATOR})
"""The roles that settle what collectors report."""
OPERATORS: Final = frozenset({Role.ADMIN, Role.SERVICE})
"""The roles that see every wallet, and move money on behalf of the exchange."""


@frozen
class Actor:
    """Who acts, and in which role: an argument of every use case that depends on the role.

    The role of a person is that of their verified access token. A change of role ends the user's
    sessions, and every server refuses the tokens of a session at the latest two seconds after its
    end; so the role is at most two seconds old. A use case that gives power to others
    (:class:`ChangeRole`) reads the role from the store again.
    """

    id: UserId
    role: Role

    @classmethod
    def of(cls, user: User) -> "Actor":
        """The user, in the role that they have."""
        return cls(user.id, user.role)

    @classmethod
    def exchange(cls) -> "Actor":
        """The exchange itself, for its own processes: jobs, importers, the command line.

        Its id belongs to no user, and events record it as no actor.
        """
        return cls(UserId(EXCHANGE_ID), Role.SERVICE)

    @property
    def is_exchange(self) -> bool:
        """Whether the exchange itself acts, and no user."""
        return self.id == EXCHANGE_ID

    def require_admin(self) -> None:
        """:raises RoleNotAllowed: unless an admin acts, or the exchange itself."""
        if not self.is_exchange:
            self.require(ADMINS)

    def require(self, allowed: Collection[Role]) -> None:
        """:raises RoleNotAllowed: unless the role is one of those allowed."""
        if self.role not in allowed:
            raise RoleNotAllowed(required=tuple(sorted(allowed)))
