from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from attrs import evolve, field, frozen

from ece_domain.kernel import Aggregate, Reason

from .email import EmailAddress
from .errors import AccessSuspended, AlreadySuspended, NotSuspended
from .events import (
    PasswordChanged,
    RoleChanged,
    UserRegistered,
    UserReinstated,
    UserSuspended,
)
from .handle import Handle
from .password import PasswordHash

UserId = NewType("UserId", UUID)


class Role(StrEnum):
    """What a user may do beyond looking after their own things."""

    COLLECTOR = "collector"
    """The ordinary user: trades, and nothing beyond."""
    MODERATOR = "moderator"
    """Keeps the peace: sees and settles what collectors report."""
    ADMIN = "admin"
    """Runs the exchange: issues card sets and appoints the others."""
    SERVICE = "service"
    """A program that acts for the exchange."""


@frozen
class Suspension:
    """Why and since when a user may neither log in nor act."""

    reason: Reason
    suspended_at: datetime


@frozen(kw_only=True)
class User(Aggregate):
    """Somebody with an account."""

    id: UserId
    email: EmailAddress
    handle: Handle
    password_hash: PasswordHash = field(repr=False)
    role: Role
    registered_at: datetime
    updated_at: datetime
    suspension: Suspension | None = None

    @classmethod
    def register(
        cls,
        user_id: UserId,
        *,
        email: EmailAddress,
        handle: Handle,
        password_hash: PasswordHash,
        role: Role,
        now: datetime,
    ) -> "User":
        return cls(
            id=user_id,
            email=email,
            handle=handle,
            password_hash=password_hash,
            role=role,
            registered_at=now,
            updated_at=now,
            events=(
                UserRegistered(
                    occurred_at=now, user_id=user_id, handle=handle.text, role=role.value
                ),
            ),
        )

    def with_role(self, role: Role, *, changed_by_id: UserId, now: datetime) -> "User":
        changed = RoleChanged(
            occurred_at=now,
            user_id=self.id,
            changed_by_id=changed_by_id,
            before=self.role.value,
            after=role.value,
        )
        return evolve(self, role=role, updated_at=now, events=(*self.events, changed))

    def with_password(
        self, password_hash: PasswordHash, *, changed_by_id: UserId, now: datetime
    ) -> "User":
        """The user with another password."""
        changed = PasswordChanged(occurred_at=now, user_id=self.id, changed_by_id=changed_by_id)
        return evolve(
            self, password_hash=password_hash, updated_at=now, events=(*self.events, changed)
        )

    def suspend(self, reason: Reason, *, suspended_by_id: UserId, now: datetime) -> "User":
        """:raises AlreadySuspended: if the user is suspended; the first reason stays."""
        if self.suspension is not None:
            raise AlreadySuspended(suspended_at=self.suspension.suspended_at)
        suspended = UserSuspended(
            occurred_at=now, user_id=self.id, suspended_by_id=suspended_by_id, reason=reason.text
        )
        return evolve(
            self,
            suspension=Suspension(reason, now),
            updated_at=now,
            events=(*self.events, suspended),
        )

    def reinstate(self, reason: Reason, *, reinstated_by_id: UserId, now: datetime) -> "User":
        """:raises NotSuspended: if the user is not suspended."""
        if self.suspension is None:
            raise NotSuspended
        reinstated = UserReinstated(
            occurred_at=now, user_id=self.id, reinstated_by_id=reinstated_by_id, reason=reason.text
        )
        return evolve(self, suspension=None, updated_at=now, events=(*self.events, reinstated))

    def check_not_suspended(self) -> None:
        """:raises AccessSuspended: if the user is suspended."""
        if self.suspension is not None:
            raise AccessSuspended(
                reason=self.suspension.reason.text, suspended_at=self.suspension.suspended_at
            )

    def with_password_hash(self, password_hash: PasswordHash, now: datetime) -> "User":
        """The same password under a new hash."""
        return evolve(self, password_hash=password_hash, updated_at=now)
