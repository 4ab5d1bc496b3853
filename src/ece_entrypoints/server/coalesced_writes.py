"""Sends the head and the body of a response in one system call instead of two."""

import asyncio
from typing import Any, cast

from attrs import define, field

from .http_limits import HttpLimits


@define
class _CoalescingTransport:
    """Collects what is written during one turn of the event loop, and sends it at the end."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    _written: list[bytes] = field(factory=list)

    def write(self, data: bytes) -> None:
        if not self._written:
            self.loop.call_soon(self._send)
        self._written.append(data)

    def close(self) -> None:
        self._send()
        self.transport.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever a transport has
        return getattr(self.transport, name)

    def _send(self) -> None:
        if self._written:
            written, self._written = self._written, []
            if not self.transport.is_closing():  # the client may have disconnected during this turn
                self.transport.write(b"".join(written))


class CoalescedWrites(HttpLimits):
    """uvicorn's protocol, with coalesced writes.

    uvicorn writes head and body separately, and uvloop sends each immediately: a second system
    call, which wakes the client for half a response.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        coalescing = _CoalescingTransport(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", coalescing))
