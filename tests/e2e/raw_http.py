"""HTTP as bytes, so that a client library does not mend what is meant to be broken."""

import asyncio
from typing import Final, Self

from attrs import define

CLOSED: Final = 0
"""In place of a status: the server hung up without a word."""
_END_OF_HEAD: Final = b"\r\n\r\n"


@define
class RawConnection:
    """One connection, opened again whenever the server closed it."""

    port: int
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._drop()

    async def ask(self, said: bytes, *, patience: float = 15) -> tuple[int, bytes]:
        """The status of the answer, and its body."""
        if self._reader is None or self._reader.at_eof():
            self._drop()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            async with asyncio.timeout(patience):
                return await self._answer(self._reader, said)
        except (asyncio.IncompleteReadError, ConnectionError):
            self._drop()
            return CLOSED, b""

    async def _answer(self, reader: asyncio.StreamReader, said: bytes) -> tuple[int, bytes]:
        assert self._writer is not None
        self._writer.write(said)
        head = (await reader.readuntil(_END_OF_HEAD)).lower()
        status = int(head.split(b" ", 2)[1])
        if status == 100:
            return await self._answer(reader, b"")
        length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0].strip()
        body = await reader.readexactly(int(length)) if length and b"HEAD " not in said[:5] else b""
        if b"transfer-encoding: chunked" in head or b"connection: close" in head:
            self._drop()
        return status, body

    def _drop(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None
