"""What every context asks of the outside world."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TypeAlias, TypeVar
from uuid import UUID

Transaction = TypeVar("Transaction")

Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[Transaction]]
"""Opens a transaction: commits on a clean exit, rolls back on an exception.

Saves are gathered and applied together at the clean exit, all or none; that is also where their
refusals are raised. Reads see what others have committed, and not the transaction's own saves.
"""

Clock: TypeAlias = Callable[[], datetime]
"""The present moment, aware and in UTC."""

NewId: TypeAlias = Callable[[], UUID]
"""A fresh identifier, ordered by time of creation (UUID version 7)."""
