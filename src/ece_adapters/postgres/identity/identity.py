from collections.abc import Sequence
from datetime import datetime

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.refusals import CONSTRAINTS
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_domain.identity import (
    EmailAddress,
    EmailTaken,
    Handle,
    HandleTaken,
    PasswordHash,
    Role,
    Session,
    SessionId,
    User,
    UserId,
    UserNotFound,
)
from ece_domain.kernel import ConcurrentChange

CONSTRAINTS.update(
    identity_user_pkey=ConcurrentChange,
    identity_email_claim_pkey=EmailTaken,
    identity_handle_claim_pkey=HandleTaken,
)


@define
class PostgresUsers:
    _unit: UnitOfWork

    async def get(self, user_id: UserId) -> User:
        return _known(
            await self._unit.fetch_row("SELECT * FROM identity_user WHERE id = $1", user_id)
        )

    async def get_for_update(self, user_id: UserId) -> User:
        return _known(
            await self._unit.fetch_row_for_update(
                "SELECT * FROM identity_user WHERE id = $1 FOR UPDATE", user_id
            )
        )

    async def with_email(self, email: EmailAddress) -> User | None:
        row = await self._unit.fetch_row(
            "SELECT found.* FROM identity_email_claim JOIN identity_user AS found"
            " ON found.id = user_id WHERE email_key = $1",
            email.key,
        )
        return _user(row) if row else None

    async def with_handle(self, handle: Handle) -> User:
        return _known(
            await self._unit.fetch_row(
                "SELECT found.* FROM identity_handle_claim AS claim JOIN identity_user AS found"
                " ON found.id = user_id WHERE claim.handle = $1",
                handle.text,
            )
        )

    def require_unchanged(self, user: User) -> None:
        self._unit.batch.require_unchanged("identity_user", user.id, user.version)

    def save(self, user: User) -> None:
        write, email, handle = self._unit.batch.write, user.email.key, user.handle.text
        if user.version > 0:
            write(_GIVE_UP_EMAIL, user.id, email, row=("identity_email_claim", ""))
            write(_GIVE_UP_HANDLE, user.id, handle, row=("identity_handle_claim", ""))
        write(_CLAIM_EMAIL, user.id, email, row=("identity_email_claim", email))
        write(_CLAIM_HANDLE, user.id, handle, row=("identity_handle_claim", handle))
        write(
            _INSERT_USER if user.version == 0 else _UPDATE_USER,
            user.id,
            user.version,
            user.email.text,
            handle,
            user.password_hash,
            user.role.value,
            user.registered_at,
            rows=1,
            row=("identity_user", str(user.id)),
        )
        self._unit.publish(*user.events)


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


# A name that stays costs a look. Parts of one statement see what was there before it: the name
# given up is that of the row which the save changes, or refuses to.
_CLAIM_EMAIL = """
INSERT INTO identity_email_claim (email_key, user_id) SELECT $2, $1
WHERE NOT EXISTS (SELECT FROM identity_email_claim WHERE email_key = $2 AND user_id = $1)
"""
_CLAIM_HANDLE = """
INSERT INTO identity_handle_claim (handle, user_id) SELECT $2, $1
WHERE NOT EXISTS (SELECT FROM identity_handle_claim WHERE handle = $2 AND user_id = $1)
"""
_GIVE_UP_EMAIL = """
DELETE FROM identity_email_claim AS given_up USING identity_user AS before
WHERE before.id = $1 AND given_up.email_key <> $2
    AND given_up.email_key = lower(before.email COLLATE "C")
"""
_GIVE_UP_HANDLE = """
DELETE FROM identity_handle_claim AS given_up USING identity_user AS before
WHERE before.id = $1 AND given_up.handle <> $2 AND given_up.handle = before.handle
"""
_INSERT_USER = """
INSERT INTO identity_user
    (id, version, email, handle, password_hash, role, registered_at)
VALUES ($1, $2 + 1, $3, $4, $5, $6, $7)
"""
_UPDATE_USER = """
UPDATE identity_user
SET version = version + 1, email = $3, handle = $4, password_hash = $5, role = $6,
    registered_at = $7
WHERE id = $1 AND version = $2
"""
_SAVE_SESSIONS = """
INSERT INTO identity_session AS saved
    (id, version, user_id, family_digest, secret_digest, replaced_digest, started_at, refreshed_at,
     ended_at)
SELECT * FROM unnest(
    $1::uuid[], $2::integer[], $3::uuid[], $4::bytea[], $5::bytea[], $6::bytea[],
    $7::timestamptz[], $8::timestamptz[], $9::timestamptz[]
)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, user_id = excluded.user_id, family_digest = excluded.family_digest,
    secret_digest = excluded.secret_digest, replaced_digest = excluded.replaced_digest,
    started_at = excluded.started_at, refreshed_at = excluded.refreshed_at,
    ended_at = excluded.ended_at
WHERE saved.version = excluded.version - 1
"""


def _known(row: asyncpg.Record | None) -> User:
    if row is None:
        raise UserNotFound
    return _user(row)


def _user(row: asyncpg.Record) -> User:
    return User(
        version=row["version"],
        id=UserId(row["id"]),
        email=EmailAddress(row["email"]),
        handle=Handle(row["handle"]),
        password_hash=PasswordHash(row["password_hash"]),
        role=Role(row["role"]),
        registered_at=row["registered_at"],
    )


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
    )
