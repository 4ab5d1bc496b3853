from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from attrs import define, field

from ece_domain.identity import (
    EmailAddress,
    EmailTaken,
    Handle,
    HandleTaken,
    Session,
    SessionId,
    User,
    UserId,
    UserNotFound,
)

from .table import Table, UndoLog
from .unit_of_work import UnitOfWork


@define
class IdentityTables:
    """Users and sessions, and what is unique among them."""

    _undo_log: UndoLog
    users: Table[UUID, User] = field(init=False)
    by_email: Table[str, UserId] = field(init=False)
    by_handle: Table[str, UserId] = field(init=False)
    sessions: Table[UUID, Session] = field(init=False)
    by_family: Table[bytes, SessionId] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.users = Table(self._undo_log, "identity_user")
        self.by_email = Table(self._undo_log)
        self.by_handle = Table(self._undo_log)
        self.sessions = Table(self._undo_log, "identity_session")
        self.by_family = Table(self._undo_log)


@define
class MemoryUsers:
    _tables: IdentityTables
    _unit: UnitOfWork

    async def get(self, user_id: UserId) -> User:
        return self._known(user_id)

    async def with_email(self, email: EmailAddress) -> User | None:
        user_id = self._tables.by_email.get(email.key)
        return None if user_id is None else self._known(user_id)

    async def with_handle(self, handle: Handle) -> User:
        return self._known(self._tables.by_handle.get(handle.text))

    def require_unchanged(self, user: User) -> None:
        self._unit.require_unchanged(self._tables.users, user.id, user)

    def save(self, user: User) -> None:
        row = (self._tables.users.name, str(user.id))
        self._unit.later(lambda: self._give_up_names(user.id), row=row)
        self._unit.save(self._tables.users, user.id, user)
        self._unit.later(lambda: self._claim_names(user), row=row)

    def _known(self, user_id: UserId | None) -> User:
        user = self._tables.users.get(user_id) if user_id else None
        if user is None:
            raise UserNotFound
        return user

    def _give_up_names(self, user_id: UserId) -> None:
        earlier = self._tables.users.get(user_id)
        if earlier is not None:
            self._tables.by_email.remove(earlier.email.key)
            self._tables.by_handle.remove(earlier.handle.text)

    def _claim_names(self, user: User) -> None:
        if user.email.key in self._tables.by_email:
            raise EmailTaken
        if user.handle.text in self._tables.by_handle:
            raise HandleTaken
        self._tables.by_email.put(user.email.key, user.id)
        self._tables.by_handle.put(user.handle.text, user.id)


@define
class MemorySessions:
    _tables: IdentityTables
    _unit: UnitOfWork

    async def find(self, session_id: SessionId) -> Session | None:
        return self._tables.sessions.get(session_id)

    async def of_family(self, family_digest: bytes) -> Session | None:
        session_id = self._tables.by_family.get(family_digest)
        return None if session_id is None else self._tables.sessions.get(session_id)

    async def open_of(self, user_id: UserId) -> Sequence[Session]:
        return sorted(
            (
                session
                for session in self._tables.sessions
                if session.user_id == user_id and session.ended_at is None
            ),
            key=lambda session: (session.started_at, session.id),
        )

    async def ended_since(self, moment: datetime) -> frozenset[SessionId]:
        return frozenset(
            session.id
            for session in self._tables.sessions
            if session.ended_at is not None and session.ended_at >= moment
        )

    def save(self, *sessions: Session) -> None:
        for session in sessions:
            self._unit.save(self._tables.sessions, session.id, session)
            self._unit.later(partial(self._tables.by_family.put, session.family_digest, session.id))
