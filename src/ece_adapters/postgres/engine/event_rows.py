"""The rows of the outbox: one statement inserts the events of a transaction, in their order."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from uuid_utils import uuid7

from ece_adapters.storage.event_origin import Origin
from ece_domain.kernel import Event, NewId

INSERT_EVENTS: Final = """
INSERT INTO outbox (
    actor_id, cause_id, id, kind, version, subject_kind, subject_id, occurred_at, payload
)
SELECT $1::uuid, $2::uuid, * FROM unnest(
    $3::uuid[], $4::text[], $5::integer[], $6::text[], $7::uuid[], $8::timestamptz[], $9::jsonb[]
)
"""


def new_event_id() -> UUID:
    """A UUID version 7: the default source of ids."""
    return UUID(int=uuid7().int)


def outbox_columns(events: Sequence[Event], origin: Origin, new_id: NewId) -> tuple[object, ...]:
    """The arguments of ``INSERT_EVENTS``."""
    return (
        origin.actor_id,
        origin.cause_id,
        [new_id() for _ in events],
        [event.kind for event in events],
        [event.version for event in events],
        [event.subject_kind for event in events],
        [event.subject_id for event in events],
        [event.occurred_at for event in events],
        [msgspec.json.encode(event).decode() for event in events],
    )


def event_arguments(event: Event, origin: Origin, event_id: UUID) -> dict[str, object]:
    """An event as arguments of an SQL function that inserts it, by their names."""
    return {
        "event_id": event_id,
        "event_version": event.version,
        "event_actor": origin.actor_id,
        "event_cause": origin.cause_id,
        "event": msgspec.json.encode(event).decode(),
    }
