from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from attrs import define, field

from ece_adapters.memory.engine.table import Table, UndoLog
from ece_adapters.memory.engine.unit_of_work import UnitOfWork
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
        self.by_email = Table(self._undo_log, "identity_email_claim")
        self.by_handle = Table(self._undo_log, "identity_handle_claim")
        self.sessions = Table(self._undo_log, "identity_session")
        self.by_family = Table(self._undo_log)


@define
class MemoryUsers:
    _tables: IdentityTables
    _unit: UnitOfWork

    async def get(self, user_id: UserId) -> User:
        return self._known(user_id)

    async def get_for_update(self, user_id: UserId) -> User:
        await self._unit.lock((self._tables.users.name, str(user_id)))
        return self._known(user_id)

    async def with_email(self, email: EmailAddress) -> User | None:
        user_id = self._tables.by_email.get(email.key)
        return None if user_id is None else self._known(user_id)

    async def with_handle(self, handle: Handle) -> User:
        return self._known(self._tables.by_handle.get(handle.text))

    def require_unchanged(self, user: User) -> None:
        self._unit.require_unchanged(self._tables.users, user.id, user)

    def save(self, user: User) -> None:
        claims = self._tables.by_email, self._tables.by_handle
        self._unit.later(lambda: self._claim_email(user), row=(claims[0].name, user.email.key))
        self._unit.later(lambda: self._claim_handle(user), row=(claims[1].name, user.handle.text))
        self._unit.save(self._tables.users, user.id, user)

    def _known(self, user_id: UserId | None) -> User:
        user = self._tables.users.get(user_id) if user_id else None
        if user is None:
            raise UserNotFound
        return user

    def _claim_email(self, user: User) -> None:
        before = self._tables.users.get(user.id)
        claims, key = self._tables.by_email, user.email.key
        if claims.get(key) not in {None, user.id}:
            raise EmailTaken
        if before is not None:
            claims.remove(before.email.key)
        claims.put(key, user.id)

    def _claim_handle(self, user: User) -> None:
        before = self._tables.users.get(user.id)
        claims, key = self._tables.by_handle, user.handle.text
        if claims.get(key) not in {None, user.id}:
            raise HandleTaken
        if before is not None:
            claims.remove(before.handle.text)
        claims.put(key, user.id)


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
