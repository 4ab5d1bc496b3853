"""What every context asks of the outside world."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final, Protocol, TypeAlias, TypeVar
from uuid import UUID

EXCHANGE_ID: Final = UUID(int=0)
"""The exchange itself, where an id of who acts is asked for. No user has it."""

Transaction_co = TypeVar("Transaction_co", covariant=True)


class Begin(Protocol[Transaction_co]):
    """Opens a transaction: commits on a clean exit, rolls back on an exception.

    Saves are gathered and applied together at the clean exit, all or none; that is also where their
    refusals are raised. Reads see what others have committed, and not the transaction's own saves.
    """

    def __call__(
        self, *, actor_id: UUID | None = None, cause_id: UUID | None = None
    ) -> AbstractAsyncContextManager[Transaction_co]:
        """Actor and cause are recorded with every event of the transaction.

        ``actor`` is the user who acts. For the exchange itself it is None or ``EXCHANGE_ID``, and
        the events are recorded without an actor. ``cause`` is the id of the
        keyed request or of the event that led to the transaction, if one did.
        """


Clock: TypeAlias = Callable[[], datetime]
"""The present moment, aware and in UTC."""

NewId: TypeAlias = Callable[[], UUID]
"""A fresh identifier, ordered by time of creation (UUID version 7)."""
