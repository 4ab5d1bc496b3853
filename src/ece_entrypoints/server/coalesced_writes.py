"""The head of an answer and its body in one system call instead of two."""

import asyncio
from typing import Any, cast

from attrs import define, field

from .http_limits import HttpLimits


@define
class _JoiningTransport:
    """Sends all that was written within one turn of the event loop at its end."""

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
            if not self.transport.is_closing():  # the client may have left within this turn
                self.transport.write(b"".join(written))


class CoalescedWrites(HttpLimits):
    """uvicorn's protocol writes head and body apart, and uvloop sends each at once.

    A system call costs more than most of what else an answer takes, and wakes the client for half
    an answer.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        joining = _JoiningTransport(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", joining))
