"""Recently ended sessions, whose access tokens may not have expired yet."""

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

PAUSE: Final = 1.0
"""Seconds between two reads of the store, and the longest that a read may take: two together."""

_CLOCKS_DIFFER = timedelta(minutes=1)


@define
class RecentlyRevoked:
    """Implements :class:`ece_domain.identity.RevokedSessions`, and answers ``id in revoked``.

    It knows sessions that this process ended immediately, and others from reading the store while
    :meth:`watching`. While the store does not answer, known sessions stay revoked.
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
        """Read ended sessions from the store, and forget those without unexpired tokens."""
        oldest = self.clock() - ACCESS_LIFETIME - _CLOCKS_DIFFER
        async with self.begin() as transaction:
            self._in_store = await transaction.sessions.ended_since(oldest)
        self._added_here = {
            session_id: at for session_id, at in self._added_here.items() if at >= oldest
        }

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Read the store now, and every two seconds until the end of the block."""
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
