"""Limits of one HTTP connection: time to send a request, size of its headers, number of pipelined
requests, and time to read the responses.
"""

import asyncio
from typing import Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

TIMEOUT_SECONDS: Final = 30.0
"""The connection is closed when a request is not complete this long after its first byte (or after
the connection was opened), or when the client does not read its responses for this long.
"""
MAX_HEADER_BYTES: Final = 64 * 1024
"""Bytes of a request without its body: request line, headers, chunk sizes, trailers."""
MAX_PIPELINED: Final = 64
"""Requests of one connection that wait while an earlier one is processed."""


class TooManyPipelined(Exception):
    """More requests are pipelined than allowed: each needs a hundred times its size in memory."""


class HttpLimits(HttpToolsProtocol):
    """uvicorn's protocol, which has none of these limits, with them.

    The application limits the size of a body itself: it stops reading.
    """

    _deadline: asyncio.TimerHandle | None = None
    _read_deadline: asyncio.TimerHandle | None = None
    _header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_deadline()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._header_bytes += len(data)
        super().data_received(data)
        if self._header_bytes > MAX_HEADER_BYTES and not self.transport.is_closing():
            self.send_400_response("The request line and headers are too large.")

    def pause_writing(self) -> None:
        self._read_deadline = self.loop.call_later(TIMEOUT_SECONDS, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        if self._read_deadline is not None:
            self._read_deadline.cancel()
            self._read_deadline = None
        super().resume_writing()

    def on_message_begin(self) -> None:
        """:raises TooManyPipelined: which the parser handles like a malformed request."""
        if len(self.pipeline) >= MAX_PIPELINED:
            raise TooManyPipelined
        self._start_deadline()
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        self._header_bytes -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._header_bytes = 0
        self._cancel_deadline()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer 400, unless the client would take it for the response to an earlier request."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or cycle.response_complete:
            super().send_400_response(msg)
        elif cycle.more_body and not cycle.response_started and not self.pipeline:
            super().send_400_response(msg)  # the body of that request is malformed
        else:
            self.transport.close()

    def _start_deadline(self) -> None:
        self._cancel_deadline()
        self._deadline = self.loop.call_later(TIMEOUT_SECONDS, self.transport.close)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
