"""What both stores note of an event when its transaction commits."""

from typing import Final
from uuid import UUID

from attrs import frozen
from uuid_utils import uuid7


@frozen
class Origin:
    """Who acted in a transaction, and which request or event led to it."""

    actor_id: UUID | None = None
    cause_id: UUID | None = None


UNKNOWN_ORIGIN: Final = Origin()


def new_event_id() -> UUID:
    """A UUID version 7: a store's own source of ids, where it is given none."""
    return UUID(int=uuid7().int)
