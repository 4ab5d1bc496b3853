"""Builds one SQL statement of all writes of a transaction, so that they cost one round trip.

Each write becomes a ``WITH`` part. PostgreSQL runs a part when its rows are read, and parts whose
rows are not read in an undefined order; so the final SELECT counts every part, in the order of
``WriteOrder``. Parts that must change a known number of rows are checked by ``require_rows``, which
raises inside the statement. A single statement is a transaction of its own: it needs no BEGIN and
no COMMIT, and its locks end with it.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar
from uuid import UUID

from attrs import define, field, frozen

from ece_adapters.storage.write_order import NO_ROW, Phase, Row, WriteOrder
from ece_domain.kernel import ConcurrentChange, DomainError, Returned

V = TypeVar("V")

RETURNED: Final = ":returned"
"""Placeholder in a write's SQL for the value that another write of the transaction returns."""

_PLACEHOLDER = re.compile(r"\$(\d+)")


@frozen
class LedgerRows:
    """Rows of the ledger that a write changes, which ``ledger_lock`` locks first."""

    hold_ids: Sequence[UUID] = ()
    account_ids: Sequence[UUID] = ()
    debited_ids: Sequence[UUID] = ()
    """Platform accounts that are debited. A credit of a platform account needs no lock."""
    card_ids: Sequence[UUID] = ()


@frozen
class Part:
    """A data-changing statement, a locking SELECT, or with ``is_call`` an expression."""

    order: WriteOrder
    sql: str
    arguments: tuple[object, ...]
    expected_rows: int | None = None
    refusal: Callable[[], DomainError] = ConcurrentChange
    returning: str = "1"
    returned: Returned[Any] | None = None
    uses: Returned[Any] | None = None
    is_call: bool = False


@frozen
class _Shape:
    """The properties of a part that determine the text of the statement."""

    sql: str
    argument_count: int
    expected_rows: int | None
    returning: str
    is_returned: bool
    uses: int | None
    is_call: bool


@define
class Batch:
    """A transaction's queue of writes."""

    _parts: list[Part] = field(factory=list)
    _ledger_rows: list[LedgerRows] = field(factory=list)

    def __bool__(self) -> bool:
        return bool(self._parts)

    def write(
        self,
        sql: str,
        *arguments: object,
        rows: int | None = None,
        refusal: Callable[[], DomainError] = ConcurrentChange,
        phase: Phase = Phase.SAVE,
        row: Row = NO_ROW,
        uses: Returned[Any] | None = None,
    ) -> None:
        """Queue an INSERT, UPDATE or DELETE; with ``rows``, refuse unless it changes that many.

        ``row`` is the row that it locks; it determines the order of the writes. ``uses`` is a value
        that another write returns: the SQL has ``RETURNED`` in its place.
        """
        order = WriteOrder(phase, row)
        self._parts.append(Part(order, sql, arguments, rows, refusal, uses=uses))

    def write_returning(
        self,
        returned: Returned[V],
        expression: str,
        sql: str,
        *arguments: object,
        refusal: Callable[[], DomainError] = ConcurrentChange,
        row: Row = NO_ROW,
    ) -> Returned[V]:
        """Queue a write of exactly one row that returns an expression over it."""
        order = WriteOrder(Phase.SAVE, row)
        self._parts.append(Part(order, sql, arguments, 1, refusal, expression, returned))
        return returned

    def require_unchanged(self, table: str, aggregate_id: UUID, version: int) -> None:
        """Queue a check that an aggregate still has this version, and lock it until the commit.

        The lock is shared: many transactions can require the same aggregate at the same time.
        """
        sql = f"SELECT 1 FROM {table} WHERE id = $1 AND version = $2 FOR SHARE"  # noqa: S608 - ours
        order = WriteOrder(Phase.SAVE, (table, str(aggregate_id)))
        self._parts.append(Part(order, sql, (aggregate_id, version), 1, returning=""))

    def call(
        self, expression: str, *arguments: object, returned: Returned[Any] | None = None
    ) -> None:
        """Queue a call of an SQL function, to run after all writes."""
        order = WriteOrder(Phase.SETTLE)
        self._parts.append(Part(order, expression, arguments, returned=returned, is_call=True))

    def share_ledger_rows(self, rows: LedgerRows) -> None:
        """Declare which rows of the ledger a write changes.

        A settlement locks its rows in one order. If more than one part of a transaction changes
        such rows, all of them are locked first, as two transactions could deadlock otherwise.
        """
        self._ledger_rows.append(rows)

    def statement(self) -> tuple[str, list[object]]:
        """The one statement, and its arguments."""
        parts = self._ordered()
        positions = {id(part.returned): nth for nth, part in enumerate(parts) if part.returned}
        shapes = tuple(
            _Shape(
                part.sql,
                len(part.arguments),
                part.expected_rows,
                part.returning,
                part.returned is not None,
                None if part.uses is None else positions[id(part.uses)],
                part.is_call,
            )
            for part in parts
        )
        return _compose(shapes), [argument for part in parts for argument in part.arguments]

    def refusal_of(self, index: int) -> DomainError:
        """The error of the part whose guard failed."""
        return self._ordered()[index].refusal()

    def give_back(self, values: Callable[[str], Any]) -> None:
        """Set the values that the writes return, from the columns of the statement's row."""
        for index, part in enumerate(self._ordered()):
            if part.returned is not None:
                part.returned.give(values(f"returned{index}"))

    def _ordered(self) -> list[Part]:
        return sorted([*self._parts, *self._lock_pass()], key=lambda part: part.order)

    def _lock_pass(self) -> list[Part]:
        if len(self._ledger_rows) < 2:  # noqa: PLR2004 - one part alone locks in order
            return []
        rows = self._ledger_rows
        arguments = (
            [hold for each in rows for hold in each.hold_ids],
            [account for each in rows for account in each.account_ids],
            [account for each in rows for account in each.debited_ids],
            [card for each in rows for card in each.card_ids],
        )
        return [Part(WriteOrder(Phase.LOCK), _LOCK, arguments, is_call=True)]


_LOCK: Final = "ledger_lock(hold_ids => $1, account_ids => $2, debited_ids => $3, card_ids => $4)"


@lru_cache(maxsize=1024)
def _compose(shapes: tuple[_Shape, ...]) -> str:
    used = {shape.uses for shape in shapes}
    writes: dict[bool, list[str]] = {True: [], False: []}
    columns, first = [], 0
    for index, shape in enumerate(shapes):
        sql = _shift(shape.sql, first)
        first += shape.argument_count
        if shape.is_call:
            columns.append(f"{sql} AS returned{index}")
            continue
        if shape.uses is not None:
            sql = sql.replace(RETURNED, f"(SELECT returned FROM part{shape.uses})")  # noqa: S608
        if shape.returning:
            sql += f" RETURNING {shape.returning} AS returned"
        counted = f"(SELECT count(*) FROM part{index})"  # noqa: S608 - no outside text
        if shape.expected_rows is not None:
            counted = f"require_rows({counted}, {shape.expected_rows}, {index})"
        columns.append(counted)
        if shape.is_returned:
            columns.append(f"(SELECT returned FROM part{index}) AS returned{index}")  # noqa: S608
        writes[index in used].append(f"part{index} AS ({sql})")
    # A part can refer only to earlier parts. The columns determine the order in which they run.
    named = ", ".join([*writes[True], *writes[False]])
    head = f"WITH {named} " if named else ""
    return f"{head}SELECT {', '.join(columns)}"


def _shift(sql: str, by: int) -> str:
    return _PLACEHOLDER.sub(lambda match: f"${int(match[1]) + by}", sql)
