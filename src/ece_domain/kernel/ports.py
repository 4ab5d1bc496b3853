"""Ports of every context: transactions, the clock and ids."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final, Protocol, TypeAlias, TypeVar
from uuid import UUID

EXCHANGE_ID: Final = UUID(int=0)
"""The actor id of the exchange itself. No user has it."""

Transaction_co = TypeVar("Transaction_co", covariant=True)


class Begin(Protocol[Transaction_co]):
    """Opens a transaction: commits on a clean exit, rolls back on an exception.

    Saves are queued and applied together at the clean exit, all or none; their errors are raised
    there too. Reads see committed rows of others, but not the transaction's own saves.
    """

    def __call__(
        self, *, actor_id: UUID | None = None, cause_id: UUID | None = None
    ) -> AbstractAsyncContextManager[Transaction_co]:
        """Open a transaction; actor and cause are recorded with each of its events.

        ``actor`` is the user who acts. For the exchange itself it is None or ``EXCHANGE_ID``, and
        the events are recorded without an actor. ``cause`` is the id of the
        keyed request or of the event that led to the transaction, if one did.
        """


Clock: TypeAlias = Callable[[], datetime]
"""The current time, with the time zone UTC."""

NewId: TypeAlias = Callable[[], UUID]
"""A new id, ordered by time of creation (UUID version 7)."""
