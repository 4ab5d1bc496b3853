from collections.abc import Sequence
from datetime import datetime
from functools import partial

from attrs import define

from ece_adapters.memory.engine.unit_of_work import UnitOfWork
from ece_adapters.storage.keyset import below_id, cut
from ece_domain.identity import (
    Session,
    SessionId,
    UserId,
)
from ece_domain.kernel import Page, PageRequest

from .tables import IdentityTables


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

    async def page_of_open(
        self, user_id: UserId, now: datetime, page: PageRequest
    ) -> Page[Session]:
        below = below_id(page)
        found = [
            session
            for session in await self.open_of(user_id)
            if session.expires_at > now and session.id < below
        ]
        found.sort(key=lambda session: session.id, reverse=True)
        return cut(found, page, lambda session: session.id, lambda session: session)

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
