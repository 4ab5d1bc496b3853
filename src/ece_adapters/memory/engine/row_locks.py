"""Row locks, and the transactions that wait for them."""

import asyncio
from collections import deque
from typing import Final

from attrs import define, field

from ece_adapters.storage.write_order import Row
from ece_domain.kernel import LockTimeout

LOCK_TIMEOUT: Final = 2.0
"""Seconds to wait for a row, as in PostgreSQL."""


@define
class RowLocks:
    """Locks rows for transactions; waiting transactions get a row in the order of their calls."""

    _owners: dict[Row, object] = field(factory=dict)
    _waiting: dict[Row, deque[tuple[object, "asyncio.Future[None]"]]] = field(factory=dict)

    def is_free(self, row: Row, owner: object) -> bool:
        """Whether the owner has the row, or would get it immediately."""
        return self._owners.get(row, owner) is owner

    async def lock(self, row: Row, owner: object) -> None:
        """Wait for the row, and lock it until ``release``.

        :raises LockTimeout: if another transaction keeps the lock for too long.
        """
        if self._owners.setdefault(row, owner) is owner:
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(row, deque()).append((owner, turn))
        try:
            async with asyncio.timeout(LOCK_TIMEOUT):
                await turn
        except TimeoutError:
            raise LockTimeout(what=row[0].replace("_", " ")) from None

    def release(self, owner: object) -> None:
        """Release all rows of the owner; each goes to the transaction that has waited longest."""
        for row in [row for row, holder in self._owners.items() if holder is owner]:
            del self._owners[row]
            waiting = self._waiting.pop(row, deque())
            while waiting:
                following, turn = waiting.popleft()
                if not turn.done():  # a waiter that is done was cancelled or timed out
                    self._owners[row] = following
                    turn.set_result(None)
                    break
            if waiting:
                self._waiting[row] = waiting
