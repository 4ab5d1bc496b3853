from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.storage.keyset import below_id, cut
from ece_domain.identity import (
    ClientAddress,
    Session,
    SessionId,
    UserId,
)
from ece_domain.identity.storage import IDLE, LIFETIME
from ece_domain.kernel import Page, PageRequest


@define
class PostgresSessions:
    _unit: UnitOfWork

    async def find(self, session_id: SessionId) -> Session | None:
        row = await self._unit.fetch_row("SELECT * FROM identity_session WHERE id = $1", session_id)
        return _session(row) if row else None

    async def of_family(self, family_digest: bytes) -> Session | None:
        row = await self._unit.fetch_row(
            "SELECT * FROM identity_session WHERE family_digest = $1", family_digest
        )
        return _session(row) if row else None

    async def open_of(self, user_id: UserId) -> Sequence[Session]:
        rows = await self._unit.fetch(
            "SELECT * FROM identity_session WHERE user_id = $1 AND ended_at IS NULL"
            " ORDER BY started_at, id",
            user_id,
        )
        return [_session(row) for row in rows]

    async def page_of_open(
        self, user_id: UserId, now: datetime, page: PageRequest
    ) -> Page[Session]:
        rows = await self._unit.fetch(
            _PAGE_OF_OPEN, user_id, below_id(page), now - LIFETIME, now - IDLE, page.limit + 1
        )
        return cut(rows, page, itemgetter("id"), _session)

    async def ended_since(self, moment: datetime) -> frozenset[SessionId]:
        rows = await self._unit.fetch(
            "SELECT id FROM identity_session WHERE ended_at >= $1", moment
        )
        return frozenset(SessionId(row["id"]) for row in rows)

    def save(self, *sessions: Session) -> None:
        if not sessions:
            return
        in_order = sorted(sessions, key=lambda session: session.id)
        columns = zip(*map(_session_row, in_order), strict=True)
        self._unit.batch.write(
            _SAVE_SESSIONS,
            *map(list, columns),
            rows=len(sessions),
            row=("identity_session", str(in_order[0].id)),
        )
        for session in sessions:
            self._unit.publish(*session.events)


_PAGE_OF_OPEN = """
SELECT * FROM identity_session
WHERE user_id = $1 AND ended_at IS NULL AND id < $2 AND started_at > $3 AND refreshed_at > $4
ORDER BY id DESC LIMIT $5
"""
_SAVE_SESSIONS = """
INSERT INTO identity_session AS saved
    (id, version, user_id, family_digest, secret_digest, replaced_digest, started_at, refreshed_at,
     ended_at, address)
SELECT * FROM unnest(
    $1::uuid[], $2::integer[], $3::uuid[], $4::bytea[], $5::bytea[], $6::bytea[],
    $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::text[]
)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, user_id = excluded.user_id, family_digest = excluded.family_digest,
    secret_digest = excluded.secret_digest, replaced_digest = excluded.replaced_digest,
    started_at = excluded.started_at, refreshed_at = excluded.refreshed_at,
    ended_at = excluded.ended_at, address = excluded.address
WHERE saved.version = excluded.version - 1
"""


def _session_row(session: Session) -> tuple[object, ...]:
    return (
        session.id,
        session.version + 1,
        session.user_id,
        session.family_digest,
        session.secret_digest,
        session.replaced_digest,
        session.started_at,
        session.refreshed_at,
        session.ended_at,
        session.address and session.address.text,
    )


def _session(row: asyncpg.Record) -> Session:
    return Session(
        version=row["version"],
        id=SessionId(row["id"]),
        user_id=UserId(row["user_id"]),
        family_digest=row["family_digest"],
        secret_digest=row["secret_digest"],
        replaced_digest=row["replaced_digest"],
        started_at=row["started_at"],
        refreshed_at=row["refreshed_at"],
        ended_at=row["ended_at"],
        address=ClientAddress(row["address"]) if row["address"] else None,
    )
