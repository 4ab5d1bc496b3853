"""Compresses what everybody may read: lists, pages, the OpenAPI document."""

import asyncio
import re
import zlib
from typing import Any, Final

from attrs import define, frozen
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from .auth import is_private

MIN_BYTES: Final = 1024
"""Shorter bodies fit into one packet anyway."""
_MAX_BYTES_AT_ONCE: Final = 16 * 1024
"""Longer bodies are compressed in a thread, so that other requests do not wait."""
_LEVEL: Final = 5
_GZIP: Final = 31  # zlib's number for the format of gzip

_ACCEPTED: Final = re.compile(
    rb"(?:^|,)[ \t]*gzip[ \t]*(?:;[ \t]*q=(?:1|0\.0*[1-9])[0-9.]*[ \t]*)?(?:,|$)", re.IGNORECASE
)
_COMPRESSIBLE: Final = re.compile(rb"(?:text/|application/(?:[a-z]+\+)?json|image/svg)")


@frozen
class CompressionMiddleware:
    """Compresses an answer with gzip if the client accepts it.

    Private answers stay as they are: the length of a compressed text tells those who can read the
    wire, and choose a part of it, what else is in it (BREACH). So do answers with a strong
    ``ETag``, which names exact bytes and is sent back as ``If-Match``: those are single resources.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and _accepts_gzip(scope):
            send = _Compressor(send, scope)
        await self.app(scope, receive, send)


@define
class _Compressor:
    send: Send
    scope: Any
    _start: Any = None
    """The beginning of an answer that may be compressed, until its body is there."""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._may_be_compressed(message):
            self._start = message
        elif self._start is not None:
            await self._send_body(message)
        else:
            await self.send(message)

    def _may_be_compressed(self, start: Any) -> bool:  # noqa: ANN401  # one of many messages
        headers = dict(start["headers"])
        return (
            _COMPRESSIBLE.match(headers.get(b"content-type", b"")) is not None
            and not headers.keys() & {b"etag", b"content-encoding"}
            and not is_private(self.scope)
        )

    async def _send_body(self, message: Any) -> None:  # noqa: ANN401  # see above
        start, self._start = self._start, None
        body = message.get("body", b"")
        if not message.get("more_body") and len(body) >= MIN_BYTES:
            if len(body) > _MAX_BYTES_AT_ONCE:
                body = await asyncio.to_thread(zlib.compress, body, _LEVEL, _GZIP)
            else:
                body = zlib.compress(body, _LEVEL, _GZIP)
            start["headers"] = [
                *(each for each in start["headers"] if each[0] != b"content-length"),
                (b"content-length", str(len(body)).encode()),
                (b"content-encoding", b"gzip"),
                (b"vary", b"accept-encoding"),
            ]
            message["body"] = body
        await self.send(start)
        await self.send(message)


def _accepts_gzip(scope: HTTPScope) -> bool:
    return any(
        name == b"accept-encoding" and _ACCEPTED.search(value) for name, value in scope["headers"]
    )
