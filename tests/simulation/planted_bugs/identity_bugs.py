"""Planted bugs: accounts, roles, sessions and tokens."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from ece_adapters.memory.identity.sessions import MemorySessions
from ece_adapters.memory.identity.users import MemoryUsers
from ece_adapters.storage.revoked_sessions import RecentlyRevoked
from ece_domain.identity import (
    REFRESH_GRACE,
    RefreshToken,
    Session,
    SessionNotActive,
    User,
    session,
)

from .registry import planted


@planted
def refresh_token_reused(patch: pytest.MonkeyPatch) -> None:
    """Accept any token of the session as the current one."""

    def refresh(
        self: Session, _: RefreshToken, successors: Sequence[RefreshToken], now: datetime
    ) -> Session:
        if self.ended_at is not None:
            raise SessionNotActive
        return evolve(self, secret_digest=successors[0].secret_digest, refreshed_at=now)

    patch.setattr(Session, "refresh", refresh)


@planted
def family_survives_a_reuse(patch: pytest.MonkeyPatch) -> None:
    """Refuse a reused token without ending the session."""
    sound = Session.refresh

    def refresh(self: Session, shown: Any, successors: Any, now: datetime) -> Session:
        refreshed = sound(self, shown, successors, now)
        if refreshed.ended_at is not None:
            raise SessionNotActive
        return refreshed

    patch.setattr(Session, "refresh", refresh)


@planted
def lost_refresh_counts_as_a_theft(patch: pytest.MonkeyPatch) -> None:
    """End the session when a refresh is repeated after a lost response."""
    patch.setattr(session, "REFRESH_GRACE", timedelta(0))


@planted
def refresh_grace_without_end(patch: pytest.MonkeyPatch) -> None:
    """Accept the previous token without a time limit."""
    patch.setattr(session, "REFRESH_GRACE", timedelta(days=1))


@planted
def refresh_answered_at_random(patch: pytest.MonkeyPatch) -> None:
    """Answer a repeated refresh with a new token instead of the same one."""

    def refresh(
        self: Session, shown: RefreshToken, successors: Sequence[RefreshToken], now: datetime
    ) -> Session:
        is_repeated = self.replaced_digest == shown.secret_digest
        if is_repeated and now < self.refreshed_at + REFRESH_GRACE:
            self = evolve(self, secret_digest=shown.secret_digest)
        return sound(self, shown, successors, now)

    def successors(self: RefreshToken, succession: Any) -> list[RefreshToken]:
        draws[self] += 1
        return sound_successors(self, lambda shown: succession(shown + bytes([draws[self]])))

    draws = Counter[RefreshToken]()
    sound, sound_successors = Session.refresh, RefreshToken.successors
    patch.setattr(Session, "refresh", refresh)
    patch.setattr(RefreshToken, "successors", successors)


@planted
def revocation_known_to_one_server(patch: pytest.MonkeyPatch) -> None:
    """Keep revoked sessions in the memory of one server."""

    async def look(self: RecentlyRevoked) -> None:
        """Do not read the store."""

    patch.setattr(RecentlyRevoked, "read", look)


@planted
def mailbox_checked_before_it_is_claimed(patch: pytest.MonkeyPatch) -> None:
    """Check that an address is free, and claim it without a unique key."""

    def claim_email(self: MemoryUsers, user: User) -> None:
        self._tables.by_email.put(user.email.key, user.id)

    patch.setattr(MemoryUsers, "_claim_email", claim_email)


@planted
def session_outlives_its_role(patch: pytest.MonkeyPatch) -> None:
    """Change the role without ending the user's sessions."""

    async def open_of(self: MemorySessions, user_id: Any) -> list[Session]:
        return []

    patch.setattr(MemorySessions, "open_of", open_of)


@planted
def two_admins_dismiss_each_other(patch: pytest.MonkeyPatch) -> None:
    """Check the admin's role without locking it until the commit."""
    patch.setattr(MemoryUsers, "get_for_update", MemoryUsers.get)


@planted
def log_in_unaware_of_a_change_of_role(patch: pytest.MonkeyPatch) -> None:
    """Start a session without requiring that the user is unchanged."""

    def require_unchanged(self: MemoryUsers, user: User) -> None:
        """Check nothing."""

    patch.setattr(MemoryUsers, "require_unchanged", require_unchanged)


@planted
def log_in_of_a_suspended_user(patch: pytest.MonkeyPatch) -> None:
    """Start a session for a user who is suspended."""
    patch.setattr(User, "check_not_suspended", lambda _: None)
