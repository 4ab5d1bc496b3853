"""The order in which every store applies what a transaction has queued."""

from enum import IntEnum


class Phase(IntEnum):
    """A transaction that breaks several rules is refused for the same one in every store."""

    REQUEST = 0
    """The answer under a request's key: a second run of the same request stops here."""
    SAVE = 1
    """Aggregates, guarded by their versions, and events."""
    SETTLE = 2
    """Settlements: the ledger's rows are locked last and for the shortest time."""
