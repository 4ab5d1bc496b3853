"""Which sessions were ended so recently that access tokens of theirs may still be unexpired."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field

from ece_domain.identity import ACCESS_LIFETIME, SessionId
from ece_domain.identity.storage import IdentityTransaction
from ece_domain.kernel import Begin, Clock

_log = logging.getLogger(__name__)

PAUSE: Final = 2.0
"""Seconds between two reads of the store; with as many for a read, it stays below five."""

_CLOCKS_DIFFER = timedelta(minutes=1)


@define
class RecentlyRevoked:
    """Implements :class:`ece_domain.identity.RevokedSessions`, and answers ``id in revoked``.

    This process learns of its own at once, and of others' by looking at the store while
    :meth:`watching`. While the store does not answer, what was known goes on to count.
    """

    begin: Begin[IdentityTransaction]
    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)
    _in_store: frozenset[SessionId] = frozenset()
    _added_here: dict[SessionId, datetime] = field(factory=dict)

    def __contains__(self, session_id: object) -> bool:
        return session_id in self._added_here or session_id in self._in_store

    def add(self, session_id: SessionId) -> None:
        self._added_here[session_id] = self.clock()

    async def read(self) -> None:
        """Learn what the store knows, and forget what no unexpired token can name."""
        oldest = self.clock() - ACCESS_LIFETIME - _CLOCKS_DIFFER
        async with self.begin() as transaction:
            self._in_store = await transaction.sessions.ended_since(oldest)
        self._added_here = {
            session_id: at for session_id, at in self._added_here.items() if at >= oldest
        }

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look at the store now, and every two seconds until the end of the block."""
        await self._try_to_read()
        watch = asyncio.create_task(self._watch(), name="watch revoked sessions")
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    async def _watch(self) -> None:
        while True:
            await self.sleep(PAUSE)
            await self._try_to_read()

    async def _try_to_read(self) -> None:
        try:
            async with asyncio.timeout(PAUSE):
                await self.read()
        except Exception:  # noqa: BLE001 - the watch outlives whatever ails the store
            _log.exception("revoked sessions could not be read")
