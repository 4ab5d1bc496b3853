from uuid import UUID

from attrs import define, field

from ece_adapters.memory.engine.table import Table, UndoLog
from ece_domain.identity import (
    Session,
    SessionId,
    User,
    UserId,
)


@define
class IdentityTables:
    """Users and sessions, and their unique keys."""

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
