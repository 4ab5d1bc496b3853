"""Lines in the log for committed events that matter to security.

The context of the request adds the client's address and the user who called.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import structlog
from attrs import asdict

from ece_domain import identity, market
from ece_domain.kernel import Event

SECURITY_EVENTS: Final = frozenset(
    {
        identity.LogInFailed,
        identity.LogInLimited,
        identity.PasswordChanged,
        identity.RoleChanged,
        identity.SessionEnded,
        identity.UserReinstated,
        identity.UserSuspended,
        market.ListingTakenDown,
    }
)

_log: Any = structlog.get_logger("ece.security")


def log_security_events(actor_id: UUID | None, events: Sequence[Event]) -> None:
    """One line for each of these events, with its fields and who acted."""
    for event in events:
        if type(event) in SECURITY_EVENTS:
            details = {name: _plain(value) for name, value in asdict(event).items()}
            del details["occurred_at"]
            _log.warning(event.kind, actor_id=_plain(actor_id), **details)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
