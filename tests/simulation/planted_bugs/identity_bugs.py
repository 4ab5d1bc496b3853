"""Mistakes with accounts, roles, sessions and their tokens."""

from datetime import datetime
from typing import Any

import pytest
from attrs import evolve

from ece_adapters.crypto import RecentlyRevoked
from ece_adapters.memory.identity import MemorySessions, MemoryUsers
from ece_domain.identity import EndReason, RefreshToken, Session, SessionOver, User

from .registry import planted


@planted
def refresh_token_reused(patch: pytest.MonkeyPatch) -> None:
    """Take any token of the family for the present one."""

    def refresh(self: Session, _: RefreshToken, following: RefreshToken, now: datetime) -> Session:
        if self.ended_at is not None:
            raise SessionOver
        return evolve(self, secret_digest=following.secret_digest, refreshed_at=now)

    patch.setattr(Session, "refresh", refresh)


@planted
def family_survives_a_reuse(patch: pytest.MonkeyPatch) -> None:
    """Refuse the used token, and let whoever holds the next one go on."""
    sound = Session.end

    def end(self: Session, reason: EndReason, now: datetime) -> Session:
        ended = sound(self, reason, now)
        return evolve(ended, ended_at=None) if reason is EndReason.TOKEN_REUSED else ended

    def refresh(self: Session, shown: Any, following: Any, now: datetime) -> Session:
        refreshed = sound_refresh(self, shown, following, now)
        if refreshed.secret_digest == self.secret_digest:
            raise SessionOver
        return refreshed

    sound_refresh = Session.refresh
    patch.setattr(Session, "end", end)
    patch.setattr(Session, "refresh", refresh)


@planted
def revocation_known_to_one_server(patch: pytest.MonkeyPatch) -> None:
    """Remember ended sessions where they were ended, and tell nobody."""

    async def look(self: RecentlyRevoked) -> None:
        """Nobody asks the store."""

    patch.setattr(RecentlyRevoked, "look", look)


@planted
def mailbox_checked_before_it_is_claimed(patch: pytest.MonkeyPatch) -> None:
    """Look whether a mailbox is free, and take it later."""

    def claim_names(self: MemoryUsers, user: User) -> None:
        self._tables.by_email.put(user.email.key, user.id)
        self._tables.by_handle.put(user.handle.text, user.id)

    patch.setattr(MemoryUsers, "_claim_names", claim_names)


@planted
def session_outlives_its_role(patch: pytest.MonkeyPatch) -> None:
    """Change the role, and let the sessions speak of the one before."""

    async def open_of(self: MemorySessions, user_id: Any) -> list[Session]:
        return []

    patch.setattr(MemorySessions, "open_of", open_of)


@planted
def two_admins_dismiss_each_other(patch: pytest.MonkeyPatch) -> None:
    """Look whether an admin asks, and do not care whether they still are one at the end."""
    sound = MemoryUsers.save

    def save(self: MemoryUsers, user: User) -> None:
        if user.events:
            sound(self, user)

    patch.setattr(MemoryUsers, "save", save)
