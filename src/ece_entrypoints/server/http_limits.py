"""A connection is closed unless its requests are whole in time, small but for their bodies, few at
a time, and their answers read.
"""

import asyncio
from typing import Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

PATIENCE: Final = 30.0
"""Seconds from the opening of a connection, or a request's first byte, to the request's last; and
for a client to read what it was sent, before it is sent more.
"""
MAX_FRAME: Final = 64 * 1024
"""Bytes of a request beside its body: address, headers, chunk sizes, trailers."""
MAX_WAITING: Final = 64
"""Requests of one connection that wait while an earlier one is answered."""


class TooManyWaiting(Exception):
    """Each takes a hundred times the memory that it takes to ask."""


class HttpLimits(HttpToolsProtocol):
    """uvicorn's protocol alone waits for ever for the rest of a request, and keeps any headers, any
    number of requests, and answers that nobody reads.

    The size of a body is the application's affair, which stops reading it.
    """

    _deadline: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _frame = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._frame += len(data)
        super().data_received(data)
        if self._frame > MAX_FRAME and not self.transport.is_closing():
            self.send_400_response("Too much beside the body.")

    def pause_writing(self) -> None:
        self._unread = self.loop.call_later(PATIENCE, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def on_message_begin(self) -> None:
        """:raises TooManyWaiting: which the parser takes for a broken request."""
        if len(self.pipeline) >= MAX_WAITING:
            raise TooManyWaiting
        self._start_waiting()
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        self._frame -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._frame = 0
        self._stop_waiting()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Whoever still waits for the answer to a request before must not take this one for it."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or cycle.response_complete:
            super().send_400_response(msg)
        elif cycle.more_body and not cycle.response_started and not self.pipeline:
            super().send_400_response(msg)  # it is the body of that request which is broken
        else:
            self.transport.close()

    def _start_waiting(self) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(PATIENCE, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
