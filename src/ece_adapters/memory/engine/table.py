"""Tables: dictionaries whose changes since the last commit can be undone."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from attrs import define, field

Key = TypeVar("Key")
Row = TypeVar("Row")


@define
class UndoLog:
    """The undo functions of the transaction, to be called in reverse order."""

    _steps: list[Callable[[], object]] = field(factory=list)

    def on_undo(self, step: Callable[[], object]) -> None:
        self._steps.append(step)

    def undo(self) -> None:
        while self._steps:
            self._steps.pop()()

    def forget(self) -> None:
        self._steps.clear()


@define
class Table(Generic[Key, Row]):
    """Rows by key. Rows are immutable, so readers need no copy.

    ``name`` is that of the PostgreSQL table; writes in both stores are ordered by it.
    """

    _undo_log: UndoLog
    name: str = ""
    _rows: dict[Key, Row] = field(factory=dict)

    def get(self, key: Key) -> Row | None:
        return self._rows.get(key)

    def __contains__(self, key: Key) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def items(self) -> Iterator[tuple[Key, Row]]:
        return iter(self._rows.items())

    def put(self, key: Key, row: Row) -> None:
        if key in self._rows:
            before = self._rows[key]
            self._undo_log.on_undo(lambda: self._rows.__setitem__(key, before))
        else:
            self._undo_log.on_undo(lambda: self._rows.pop(key))
        self._rows[key] = row

    def remove(self, key: Key) -> None:
        if key in self._rows:
            before = self._rows.pop(key)
            self._undo_log.on_undo(lambda: self._rows.__setitem__(key, before))


@define
class Log(Generic[Row]):
    """Rows in the order in which they were committed."""

    _undo_log: UndoLog
    _rows: list[Row] = field(factory=list)

    def append(self, row: Row) -> None:
        self._undo_log.on_undo(self._rows.pop)
        self._rows.append(row)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __getitem__(self, index: int) -> Row:
        return self._rows[index]

    def between(self, start: int, stop: int) -> tuple[Row, ...]:
        return tuple(self._rows[start:stop])
