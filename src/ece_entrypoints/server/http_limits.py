"""Limits of the HTTP server: the number of connections, and for each of them the time to send a
request, the size of its headers, the number of pipelined requests, and the time to read responses.
"""

import asyncio
import logging
from collections.abc import Iterator
from typing import ClassVar, Final, cast

from litestar.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ece_entrypoints.http.platform.errors import TooManyConnections
from ece_entrypoints.http.platform.problems import send_problem

TIMEOUT_SECONDS: Final = 30.0
"""The connection is closed when a request is not complete this long after its first byte (or after
the connection was opened), or when the client does not read its responses for this long.
"""
REFUSAL_TIMEOUT_SECONDS: Final = 2.0
"""The same for a connection above the limit, which only waits to be refused."""
MAX_HEADER_BYTES: Final = 64 * 1024
"""Bytes of a request without its body: request line, headers, chunk sizes, trailers."""
MAX_PIPELINED: Final = 64
"""Requests of one connection that wait while an earlier one is processed."""

_END_OF_HEADERS: Final = b"\r\n\r\n"


class TooManyPipelined(Exception):
    """More requests are pipelined than allowed: each needs a hundred times its size in memory."""


class TrailersTooLarge(Exception):
    """A chunked request has more bytes beside its body than allowed."""


class _ConnectionLog(logging.LoggerAdapter[logging.Logger]):
    """uvicorn's logger, whose lines name the client."""

    @property
    def level(self) -> int:
        return self.logger.level


async def refuse_connection(scope: Scope, _: Receive, send: Send) -> None:
    """Answer what comes over a connection above the limit, and close it."""
    await send_problem(TooManyConnections(), scope, send, headers={"Connection": "close"})


class HttpLimits(HttpToolsProtocol):
    """uvicorn's protocol, which has none of these limits, with them.

    The application limits the size of a body itself: it stops reading. uvicorn's own
    ``limit_concurrency`` refuses the requests of all connections once there are too many; this
    refuses only those that came too late.
    """

    max_connections: ClassVar[int] = 1000
    _deadline: asyncio.TimerHandle | None = None
    _read_deadline: asyncio.TimerHandle | None = None
    _timeout: float
    _header_bytes = 0
    """Of the current request, without its body."""
    _header_end = b""
    """The last bytes of an incomplete part of it, in which ``_END_OF_HEADERS`` may begin."""
    _body_left: int | None = None
    """Bytes that the body still has; None outside a body of known length."""
    _is_in_body = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._timeout = TIMEOUT_SECONDS
        client = self.client[0] if self.client else ""
        self.logger = cast("logging.Logger", _ConnectionLog(self.logger, {"client": client}))
        if len(self.connections) > self.max_connections:
            self.logger.warning("A connection above the limit is refused.")
            self.app = refuse_connection
            self._timeout = REFUSAL_TIMEOUT_SECONDS
        if len(self.connections) > 2 * self.max_connections:  # not even time for a refusal
            transport.abort()
        self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_deadline()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        for part in self._parts(data):
            if self.transport.is_closing():
                return
            self._header_bytes += len(part)  # ``on_body`` takes off what is body
            if self._is_in_body or self._header_bytes <= MAX_HEADER_BYTES:
                super().data_received(part)
            if self._header_bytes > MAX_HEADER_BYTES and not self.transport.is_closing():
                self.send_400_response("The request line and headers are too large.")

    def _parts(self, data: bytes) -> Iterator[bytes]:
        """The data, cut after headers and after bodies: no part belongs to two requests."""
        while data:
            if self._body_left is not None:
                size = min(self._body_left, len(data))
            else:
                seen = self._header_end
                at = (seen + data).find(_END_OF_HEADERS)
                size = len(data) if at < 0 else at + len(_END_OF_HEADERS) - len(seen)
                self._header_end = (seen + data)[-3:] if at < 0 else b""
            part, data = data[:size], data[size:]
            yield part

    def pause_writing(self) -> None:
        self._read_deadline = self.loop.call_later(self._timeout, self.transport.abort)
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

    def on_headers_complete(self) -> None:
        self._is_in_body = True
        lengths = [int(value) for name, value in self.headers if name == b"content-length"]
        self._body_left = lengths[0] if lengths and lengths[0] else None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._header_bytes -= len(body)
        if self._body_left is not None:
            self._body_left -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """:raises TrailersTooLarge: which the parser handles like a malformed request."""
        if self._header_bytes > MAX_HEADER_BYTES:
            raise TrailersTooLarge
        self._header_bytes = 0
        self._body_left = None
        self._is_in_body = False
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
        self._deadline = self.loop.call_later(self._timeout, self.transport.close)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
