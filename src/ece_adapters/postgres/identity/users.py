from operator import itemgetter

import asyncpg
from attrs import define

from ece_adapters.postgres.engine.refusals import CONSTRAINTS
from ece_adapters.postgres.engine.unit_of_work import UnitOfWork
from ece_adapters.storage.keyset import below_id, cut
from ece_domain.identity import (
    EmailAddress,
    EmailTaken,
    Handle,
    HandleTaken,
    PasswordHash,
    Role,
    Suspension,
    User,
    UserId,
    UserNotFound,
)
from ece_domain.kernel import ConcurrentChange, Page, PageRequest, Reason

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

    async def page(self, page: PageRequest) -> Page[User]:
        rows = await self._unit.fetch(
            "SELECT * FROM identity_user WHERE id < $1 ORDER BY id DESC LIMIT $2",
            below_id(page),
            page.limit + 1,
        )
        return cut(rows, page, itemgetter("id"), _user)

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
            user.updated_at,
            user.suspension and user.suspension.suspended_at,
            user.suspension and user.suspension.reason.text,
            rows=1,
            row=("identity_user", str(user.id)),
        )
        self._unit.publish(*user.events)


# An unchanged name costs one index lookup. All parts of a statement see the rows before it, so the
# name to release is that of the row before the save.
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
    (id, version, email, handle, password_hash, role, registered_at, updated_at,
     suspended_at, suspension_reason)
VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_UPDATE_USER = """
UPDATE identity_user
SET version = version + 1, email = $3, handle = $4, password_hash = $5, role = $6,
    registered_at = $7, updated_at = $8, suspended_at = $9, suspension_reason = $10
WHERE id = $1 AND version = $2
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
        updated_at=row["updated_at"],
        suspension=_suspension(row),
    )


def _suspension(row: asyncpg.Record) -> Suspension | None:
    if row["suspended_at"] is None:
        return None
    return Suspension(Reason(row["suspension_reason"]), row["suspended_at"])
