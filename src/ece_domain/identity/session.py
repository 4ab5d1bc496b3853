from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import NewType
from uuid import UUID

from attrs import evolve, field, frozen

from ece_domain.kernel import Aggregate

from .client_address import ClientAddress
from .errors import SessionNotActive
from .events import SessionEnded, SessionStarted
from .tokens import AccessToken, RefreshToken
from .user import UserId

SessionId = NewType("SessionId", UUID)

LIFETIME = timedelta(days=30)
"""A session ends this long after its log-in, however busy it is."""

IDLE = timedelta(days=14)
"""A session that is not refreshed for this long ends."""


MAX_OPEN_SESSIONS = 50

REFRESH_GRACE = timedelta(seconds=30)
"""For this long after a refresh the token that it replaced gets the same answer again.

Long enough for a client that lost the answer and for two tabs that refresh at once; a copy that is
used later ends the session.
"""


class EndReason(StrEnum):
    """Why a session ended before its time."""

    LOGGED_OUT = "logged-out"
    TOKEN_REUSED = "token-reused"  # noqa: S105, a reason
    ROLE_CHANGED = "role-changed"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105, a reason
    USER_SUSPENDED = "user-suspended"
    SUPERSEDED = "superseded"
    """The user opened more sessions than they may have."""
    ENDED_BY_USER = "ended-by-user"
    """From another session."""


@frozen(kw_only=True)
class Session(Aggregate):
    """One log-in and all the refresh tokens that follow from it: their family.

    Only digests are stored: one that all tokens of the family share, one of the valid token, and
    one of the token that it replaced. A token with the family's part and another secret must be
    an older one of the family, so no history is stored, and no outsider can end a session.
    """

    id: SessionId
    user_id: UserId
    family_digest: bytes = field(repr=False)
    secret_digest: bytes = field(repr=False)
    replaced_digest: bytes | None = field(default=None, repr=False)
    """Of the secret that was good until ``refreshed_at``."""
    started_at: datetime
    refreshed_at: datetime
    address: ClientAddress | None = None
    """Where its tokens were asked for last."""
    ended_at: datetime | None = None

    @classmethod
    def start(
        cls,
        session_id: SessionId,
        *,
        user_id: UserId,
        token: RefreshToken,
        address: ClientAddress | None = None,
        now: datetime,
    ) -> "Session":
        return cls(
            id=session_id,
            user_id=user_id,
            family_digest=token.family_digest,
            secret_digest=token.secret_digest,
            started_at=now,
            refreshed_at=now,
            address=address,
            events=(SessionStarted(occurred_at=now, session_id=session_id, user_id=user_id),),
        )

    @property
    def expires_at(self) -> datetime:
        """When it ends unless it is refreshed or ended before."""
        return min(self.started_at + LIFETIME, self.refreshed_at + IDLE)

    def refresh(
        self, shown: RefreshToken, successors: Sequence[RefreshToken], now: datetime
    ) -> "Session":
        """The session with the first of the successors as its good token.

        The session itself if the token shown was replaced by one of the successors within
        ``REFRESH_GRACE``; an ended session if it was used before that.

        :raises SessionNotActive: if the session has ended or expired.
        """
        if self.ended_at is not None or self.expires_at <= now:
            raise SessionNotActive
        if compare_digest(self.secret_digest, shown.secret_digest):
            return evolve(
                self,
                secret_digest=successors[0].secret_digest,
                replaced_digest=shown.secret_digest,
                refreshed_at=now,
            )
        is_repeated = (
            self.replaced_digest is not None
            and compare_digest(self.replaced_digest, shown.secret_digest)
            and now < self.refreshed_at + REFRESH_GRACE
            and self.good_token(successors) is not None
        )
        return self if is_repeated else self.end(EndReason.TOKEN_REUSED, now)

    def seen_at(self, address: ClientAddress | None) -> "Session":
        """The session, which is now used from this address if one is known."""
        return self if address is None else evolve(self, address=address)

    def good_token(self, tokens: Sequence[RefreshToken]) -> RefreshToken | None:
        """The one of these tokens that is good now, if any is."""
        if self.ended_at is not None:
            return None
        return next((each for each in tokens if each.secret_digest == self.secret_digest), None)

    def end(self, reason: EndReason, now: datetime) -> "Session":
        """The ended session; one that has ended stays as it is."""
        if self.ended_at is not None:
            return self
        ended = SessionEnded(
            occurred_at=now, session_id=self.id, user_id=self.user_id, reason=reason.value
        )
        return evolve(self, ended_at=now, events=(*self.events, ended))


@frozen
class SessionTokens:
    """What a client holds of its session after a log-in or a refresh."""

    access: AccessToken
    refresh: RefreshToken
    session_expires_at: datetime
    """Unless it is refreshed before, or ended."""
