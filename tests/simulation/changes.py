"""The rows of a table that changed since the last check."""

from typing import Any, Generic, TypeVar

from attrs import define, field

from ece_adapters.memory.engine.table import Log, Table

Key = TypeVar("Key")
Row = TypeVar("Row")


@define
class TableChanges(Generic[Key, Row]):
    """Rows are immutable, so one that is the same object has not changed."""

    _table: Table[Key, Row]
    _seen: list[Row] = field(factory=list)

    def look(self) -> list[tuple[Key, Row]]:
        """The rows that were written since the last call, with their keys."""
        rows = self._table._rows
        seen, self._seen = self._seen, list(rows.values())
        if len(self._seen) < len(seen):
            return list(rows.items())
        before: list[Any] = seen + [None] * (len(self._seen) - len(seen))
        return [
            (key, row)
            for (key, row), earlier in zip(rows.items(), before, strict=True)
            if row is not earlier
        ]


@define
class LogChanges(Generic[Row]):
    """Logs only grow; the full checks verify that nothing else happens."""

    _log: Log[Row]
    _seen: int = 0

    def look(self) -> list[Row]:
        """The rows that were appended since the last call."""
        fresh = self._log._rows[self._seen :]
        self._seen += len(fresh)
        return fresh
