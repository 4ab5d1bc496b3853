"""The order in which every store applies what a transaction has queued."""

from enum import IntEnum
from typing import NamedTuple, TypeAlias

Row: TypeAlias = tuple[str, str]
"""A row that a write changes or locks: the name of its table, and its key as text."""

NO_ROW: Row = ("", "")
"""Of writes that wait for nobody."""


class Phase(IntEnum):
    """A transaction that breaks several rules is refused for the same one in every store."""

    REQUEST = 0
    """The answer under a request's key: a second run of the same request stops here."""
    LOCK = 1
    """Rows of the ledger that several writes of the transaction share, all at once."""
    SAVE = 2
    """Aggregates, saved or only guarded by their versions."""
    PUBLISH = 3
    """Events, once the rows that they tell of are locked."""
    SETTLE = 4
    """Settlements: the ledger's rows are locked last and for the shortest time."""


class WriteOrder(NamedTuple):
    """Phase, then table, then key: transactions that lock in one order never deadlock."""

    phase: Phase = Phase.SAVE
    row: Row = NO_ROW
