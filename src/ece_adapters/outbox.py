"""What both stores note of an event when its transaction commits."""

from typing import Final
from uuid import UUID

from attrs import frozen


@frozen
class Origin:
    """Who acted in a transaction, and which request or event led to it."""

    actor_id: UUID | None = None
    cause_id: UUID | None = None


UNKNOWN_ORIGIN: Final = Origin()
