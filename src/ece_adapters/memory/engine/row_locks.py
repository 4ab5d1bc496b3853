"""Which transaction has locked which row, and who waits for it."""

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
    """Hands each row from one transaction to the next, in the order in which they asked."""

    _owners: dict[Row, object] = field(factory=dict)
    _waiting: dict[Row, deque[tuple[object, "asyncio.Future[None]"]]] = field(factory=dict)

    def is_free(self, row: Row, owner: object) -> bool:
        """Whether the owner would get the row at once, or has it already."""
        return self._owners.get(row, owner) is owner

    async def lock(self, row: Row, owner: object) -> None:
        """Wait for the row, and keep it until ``release``.

        :raises LockTimeout: if others did not finish in time.
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
        """Give up all rows of the owner, each to whoever has waited longest."""
        for row in [row for row, holder in self._owners.items() if holder is owner]:
            del self._owners[row]
            waiting = self._waiting.pop(row, deque())
            while waiting:
                following, turn = waiting.popleft()
                if not turn.done():  # one that is done was cancelled, or waited too long
                    self._owners[row] = following
                    turn.set_result(None)
                    break
            if waiting:
                self._waiting[row] = waiting
