"""The order in which every store applies the queued writes of a transaction."""

from enum import IntEnum
from typing import NamedTuple, TypeAlias

Row: TypeAlias = tuple[str, str]
"""A row that a write changes or locks: the name of its table, and its key as text."""

NO_ROW: Row = ("", "")
"""The row of writes that lock nothing."""


class Phase(IntEnum):
    """The phases of a transaction; in every store the first violated rule is the same."""

    REQUEST = 0
    """The result of an idempotent request: a second run of the request stops here."""
    LOCK = 1
    """Rows of the ledger that several writes of the transaction change, locked together."""
    SAVE = 2
    """Aggregates, saved or guarded by their versions."""
    PUBLISH = 3
    """Events, when the rows of their subjects are locked."""
    SETTLE = 4
    """Settlements: rows of the ledger are locked last, for the shortest time."""


class WriteOrder(NamedTuple):
    """Sorted by phase, table and key: transactions with the same lock order do not deadlock."""

    phase: Phase = Phase.SAVE
    row: Row = NO_ROW
