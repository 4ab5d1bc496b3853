"""Makes one SQL statement of all that a transaction writes, so that it costs one round trip.

Each write becomes a ``WITH`` part. Parts that must change a known number of rows are counted, and
``require_rows`` raises inside the statement when the count is wrong; settlements are calls of the
ledger's function behind those guards. One statement is a transaction of its own: no BEGIN, no
COMMIT, and the server holds its locks no longer than it runs.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from attrs import define, field, frozen

from ece_adapters.write_order import Phase
from ece_domain.kernel import ConcurrentChange, DomainError

_PLACEHOLDER = re.compile(r"\$(\d+)")


@frozen
class Part:
    """A data-changing statement, or with ``is_call`` an expression that calls a function."""

    phase: Phase
    sql: str
    arguments: tuple[object, ...]
    expected_rows: int | None = None
    refusal: Callable[[], DomainError] = ConcurrentChange
    is_call: bool = False


@define
class Batch:
    """A transaction's queue of writes."""

    _parts: list[Part] = field(factory=list)

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def answers_a_request(self) -> bool:
        return any(part.phase is Phase.REQUEST for part in self._parts)

    def write(
        self,
        sql: str,
        *arguments: object,
        rows: int | None = None,
        refusal: Callable[[], DomainError] = ConcurrentChange,
        phase: Phase = Phase.SAVE,
    ) -> None:
        """Queue an INSERT, UPDATE or DELETE; with ``rows``, refuse unless it changes that many."""
        self._parts.append(Part(phase, sql, arguments, rows, refusal))

    def call(self, expression: str, *arguments: object) -> None:
        """Queue a call of an SQL function, to run after all writes."""
        self._parts.append(Part(Phase.SETTLE, expression, arguments, is_call=True))

    def statement(self) -> tuple[str, list[object]]:
        """The one statement, and its arguments."""
        parts = self._ordered()
        shapes = tuple(
            (part.sql, len(part.arguments), part.expected_rows, part.is_call) for part in parts
        )
        return _compose(shapes), [argument for part in parts for argument in part.arguments]

    def refusal_of(self, index: int) -> DomainError:
        """The error of the part whose guard failed."""
        return self._ordered()[index].refusal()

    def _ordered(self) -> list[Part]:
        return sorted(self._parts, key=lambda part: part.phase)


@lru_cache(maxsize=1024)
def _compose(shapes: tuple[tuple[str, int, int | None, bool], ...]) -> str:
    writes, checks, first = [], [], 0
    for index, (sql, argument_count, expected_rows, is_call) in enumerate(shapes):
        numbered = _shift(sql, first)
        first += argument_count
        if is_call:
            checks.append(numbered)
            continue
        if expected_rows is not None:
            numbered += " RETURNING 1"
            counted = f"(SELECT count(*) FROM part{index})"  # noqa: S608 - no outside text
            checks.append(f"require_rows({counted}, {expected_rows}, {index})")
        writes.append(f"part{index} AS ({numbered})")
    head = "WITH " + ", ".join(writes) + " " if writes else ""
    return f"{head}SELECT {', '.join(checks) or '1'}"


def _shift(sql: str, by: int) -> str:
    return _PLACEHOLDER.sub(lambda match: f"${int(match[1]) + by}", sql)
