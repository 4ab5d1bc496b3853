"""The events of all transactions, by position."""

import asyncpg
from attrs import define

from ece_adapters.storage.stored_json import decode_version
from ece_domain.kernel import Event, EventLogExtent, RecordedEvent

from .unit_of_work import UnitOfWork


@define
class PostgresEventLog:
    _unit: UnitOfWork

    async def assign_positions(self, limit: int) -> int:
        row = await self._unit.fetch_row("SELECT event_log_assign($1) AS moved", limit)
        return int(row["moved"]) if row else 0

    async def read_after(self, position: int, limit: int) -> tuple[RecordedEvent, ...]:
        rows = await self._unit.fetch(_READ_AFTER, position, limit)
        return tuple(_recorded(row) for row in rows)

    async def extent(self) -> EventLogExtent:
        row = await self._unit.fetch_row(_EXTENT)
        assert row is not None  # noqa: S101 - an aggregate has one row
        return EventLogExtent(**row)


_EXTENT = """
SELECT coalesce(min(position), 0) AS first, coalesce(max(position), 0) AS last, count(*) AS count,
    (SELECT position FROM event_log_end) AS given
FROM event_log
"""
_READ_AFTER = """
SELECT position, id, kind, version, actor_id, cause_id, recorded_at, payload
FROM event_log WHERE position > $1 ORDER BY position LIMIT $2
"""
_kinds: dict[str, type[Event]] = {}


def _recorded(row: asyncpg.Record) -> RecordedEvent:
    return RecordedEvent(
        position=row["position"],
        id=row["id"],
        actor_id=row["actor_id"],
        cause_id=row["cause_id"],
        recorded_at=row["recorded_at"],
        event=decode_version(row["payload"], row["version"], _event_type(row["kind"])),
    )


def _event_type(kind: str) -> type[Event]:
    if kind not in _kinds:
        _kinds.update((event.kind, event) for event in Event.__subclasses__())
    return _kinds[kind]
