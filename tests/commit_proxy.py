"""A proxy between a client and PostgreSQL that closes connections around commits.

A client that loses its connection during a commit cannot know its outcome. The proxy causes this on
the protocol level, with a real client and a real server.

Most transactions of ECE are one statement: Parse, Bind, Execute, Sync, and the Sync commits. The
proxy remembers which prepared statements write, and injects faults at their Sync.
"""

import asyncio
import random
import re
import struct
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from attrs import define, field, frozen

_WRITES: Final = re.compile(rb"\b(INSERT|UPDATE|DELETE|ledger_settle)\b")
_STARTUP: Final = b""
"""The first message of a connection is the only one without a letter for its type."""
_READY_FOR_QUERY: Final = b"Z"
_SSL_REQUEST: Final = struct.pack("!I", 80877103)
_NO_SSL: Final = b"N"


class Fault(StrEnum):
    """What happens at a commit. All faults but the first close or block the connection."""

    NONE = "none"
    BEFORE = "before"
    """Cut before the commit reaches the server: nothing is committed."""
    AFTER = "after"
    """Cut after the commit: the response is lost."""
    AT_ONCE = "at once"
    """Cut during the commit: the outcome is unknown."""
    SILENCE = "silence"
    """Block the open connection after the commit: no response arrives."""


class _Cut(Exception):
    """The proxy has closed this connection."""


@frozen
class _Message:
    kind: bytes
    body: bytes

    @property
    def encoded(self) -> bytes:
        return self.kind + struct.pack("!I", len(self.body) + 4) + self.body

    @classmethod
    async def read(cls, stream: asyncio.StreamReader, *, typed: bool = True) -> "_Message":
        kind = await stream.readexactly(1) if typed else _STARTUP
        (size,) = struct.unpack("!I", await stream.readexactly(4))
        return cls(kind, await stream.readexactly(size - 4))


@define
class CommitProxy:
    """Listens on its own port, and counts its faults.

    :param choose: called at each commit; returns what happens to it.
    """

    upstream: tuple[str, int]
    choose: Callable[[], Fault] = lambda: Fault.NONE
    counted: Counter[Fault] = field(factory=Counter)
    _server: asyncio.Server | None = None
    _connections: set[asyncio.Task[None]] = field(factory=set)

    @classmethod
    @asynccontextmanager
    async def in_front_of(
        cls, url: str, choose: Callable[[], Fault]
    ) -> AsyncIterator["CommitProxy"]:
        """A proxy to the server of this URL, which stops at the end of the block."""
        parts = urlsplit(url)
        proxy = cls((parts.hostname or "127.0.0.1", parts.port or 5432), choose)
        await proxy.open()
        try:
            yield proxy
        finally:
            await proxy.close()

    def url(self, of: str) -> str:
        """The URL of the same database through the proxy."""
        parts = urlsplit(of)
        credentials, _, _ = parts.netloc.rpartition("@")
        return parts._replace(netloc=f"{credentials}@127.0.0.1:{self.port}").geturl()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def faults(self) -> int:
        return self.counted.total() - self.counted[Fault.NONE]

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            with suppress(
                asyncio.CancelledError
            ):  # by close(), and the stream's own would complain
                await self._relay(reader, writer)
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection(*self.upstream)
        except OSError:
            return
        relayed = _Connection(self, reader, writer, from_server, to_server)
        try:
            await _first_of(relayed.client_to_server(), relayed.server_to_client())
        finally:
            to_server.close()


@define
class _Connection:
    _proxy: CommitProxy
    _from_client: asyncio.StreamReader
    _to_client: asyncio.StreamWriter
    _from_server: asyncio.StreamReader
    _to_server: asyncio.StreamWriter
    _writing: set[bytes] = field(factory=set)
    """The names of the prepared statements that write."""
    _commits: bool = False
    """Whether the next Sync commits."""
    _fault: Fault = Fault.NONE

    async def client_to_server(self) -> None:
        while (hello := await _Message.read(self._from_client, typed=False)).body == _SSL_REQUEST:
            self._to_client.write(_NO_SSL)
        await self._forward(hello)
        while True:
            message = await _Message.read(self._from_client)
            if self._is_commit(message):
                self._fault = self._proxy.choose()
                self._proxy.counted[self._fault] += 1
                if self._fault is Fault.BEFORE:
                    raise _Cut
            await self._forward(message)
            if self._fault is Fault.AT_ONCE:
                raise _Cut

    async def server_to_client(self) -> None:
        while True:
            message = await _Message.read(self._from_server)
            if self._fault is Fault.NONE:
                self._to_client.write(message.encoded)
                await self._to_client.drain()
            elif self._fault is Fault.AFTER and message.kind == _READY_FOR_QUERY:
                raise _Cut

    async def _forward(self, message: _Message) -> None:
        self._to_server.write(message.encoded)
        await self._to_server.drain()

    def _is_commit(self, message: _Message) -> bool:
        match message.kind:
            case b"P":
                name, _, rest = message.body.partition(b"\0")
                writes = _WRITES.search(rest.partition(b"\0")[0]) is not None
                (self._writing.add if writes else self._writing.discard)(name)
            case b"B":
                _, name, _ = message.body.split(b"\0", 2)
                self._commits = name in self._writing
            case b"S":
                commits, self._commits = self._commits, False
                return commits
            case b"Q":
                return message.body.startswith(b"COMMIT")
        return False


@define
class Chance:
    """Chooses faults at random from a seed, with these probabilities."""

    shares: dict[Fault, float]
    seed: int = 0
    _random: random.Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def __call__(self) -> Fault:
        drawn = self._random.random()
        for fault, share in self.shares.items():
            drawn -= share
            if drawn < 0:
                return fault
        return Fault.NONE


async def _first_of(*ways: Awaitable[None]) -> None:
    """Forwards both directions until one of them ends."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, _ENDINGS):
                raise ended


_ENDINGS: Final = (_Cut, asyncio.IncompleteReadError, OSError)
