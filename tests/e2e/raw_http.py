"""A raw HTTP client, because a client library would correct malformed requests."""

import asyncio
from typing import Final, Self

from attrs import define, field, frozen

_END_OF_HEAD: Final = b"\r\n\r\n"


class NotAnAnswer(AssertionError):
    """The response is not valid HTTP."""


@frozen
class Answer:
    """One response, with its head in lower case."""

    status: int
    head: bytes = field(repr=False)
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The value of a header; empty if it is absent."""
        return self.head.partition(b"\r\n%b: " % name)[2].partition(b"\r\n")[0]


@define
class RawConnection:
    """One connection, which is reopened after it was closed."""

    port: int
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.drop()

    async def say(self, said: bytes) -> None:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            self.drop()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writer.write(said)

    async def answer(self, *, timeout_seconds: float = 15, to_head: bool = False) -> Answer | None:
        """The next response; None if the server closed the connection instead.

        A response to HEAD has the length of a body that does not follow.

        :raises TimeoutError: if neither happened within the timeout.
        :raises NotAnAnswer: if the received bytes are not a response.
        """
        if self._reader is None:
            return None
        try:
            async with asyncio.timeout(timeout_seconds):
                answer = await self._read(self._reader, to_head=to_head)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.drop()
            return None
        return answer

    async def _read(self, reader: asyncio.StreamReader, *, to_head: bool) -> Answer:
        head = (await reader.readuntil(_END_OF_HEAD)).lower()
        if not head.startswith(b"http/1.1 "):
            raise NotAnAnswer(repr(head[:200]))
        answer = Answer(int(head[9:12]), head, b"")
        if answer.status == 100:
            return await self._read(reader, to_head=to_head)
        length = answer.header(b"content-length")
        if not length or to_head:
            assert to_head or answer.status in {204, 304}, head
            return answer
        return Answer(answer.status, head, await reader.readexactly(int(length)))

    def drop(self) -> None:
        """Close the connection without a shutdown."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None
