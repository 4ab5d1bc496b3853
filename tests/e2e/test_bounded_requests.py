"""Connections that send too little or too much are closed, without effect on others."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import uvicorn
from uvicorn.server import ServerState

from ece_entrypoints.server import http_limits
from ece_entrypoints.server.http_limits import MAX_HEADER_BYTES, MAX_PIPELINED, HttpLimits

PATIENCE = 0.8
LARGE = 2**24
HEAD = b"POST / HTTP/1.1\r\nHost: ece\r\n"
GOOD = HEAD + b"Content-Length: 2\r\n\r\n{}"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LAST = HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}"


async def application(scope, receive, send) -> None:
    """An application that answers with the number of received bytes, or with many bytes."""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        if not message["more_body"]:
            break
    body = b"a" * LARGE if scope["path"] == "/large" else str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(http_limits, "TIMEOUT_SECONDS", PATIENCE)
    config = uvicorn.Config(application, lifespan="off", log_config=None, ws="none")
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: HttpLimits(config, state, {}), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def sent(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """The received bytes until the server closes, or sends nothing for a while."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pause)
        async with asyncio.timeout(5 * PATIENCE):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        HEAD,
        HEAD + b"Content-Length: 10\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        GOOD + HEAD,
    ],
)
async def test_a_request_that_never_ends_is_closed(port: int, said: bytes):
    answer = await sent(port, said)
    assert answer.count(b"HTTP/1.1 200 OK") == (1 if said.startswith(GOOD) else 0)


async def test_dripping_does_not_prolong_it(port: int):
    drops = [bytes([byte]) for byte in HEAD]
    assert await sent(port, *drops, pause=2 * PATIENCE / len(drops)) == b""


async def test_requests_that_are_whole_may_follow_each_other_for_long(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(6):
        writer.write(GOOD)
        assert (await reader.readuntil(b"\r\n\r\n2")).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(PATIENCE / 3)
    writer.transport.abort()


@pytest.mark.parametrize(
    "said",
    [
        b"GET /" + b"a" * (2 * MAX_HEADER_BYTES) + b" HTTP/1.1\r\nHost: ece\r\n\r\n",
        HEAD + b"Content-Length: 0\r\nX-Long: " + b"a" * (2 * MAX_HEADER_BYTES) + b"\r\n\r\n",
        HEAD + b"Content-Length: 0\r\n" + b"X-Many: a\r\n" * MAX_HEADER_BYTES + b"\r\n",
        CHUNKED + b"1\r\na\r\n" * MAX_HEADER_BYTES + b"0\r\n\r\n",
        CHUNKED + b"0\r\n" + b"X-Many: a\r\n" * MAX_HEADER_BYTES + b"\r\n",
    ],
    ids=["request line", "long header", "many headers", "many chunks", "trailers"],
)
async def test_too_much_beside_the_body_is_refused(port: int, said: bytes):
    """Each of them is complete: without the limit, the application would answer it."""
    parts = [
        said[at : at + MAX_HEADER_BYTES // 4] for at in range(0, len(said), MAX_HEADER_BYTES // 4)
    ]
    assert b"200 OK" not in await sent(port, *parts)


def padded(head: bytes, size: int) -> bytes:
    """The head with one more header, which makes it so many bytes long, outer spaces included."""
    return head + b"X-Long:  " + b"a" * (size - len(head) - 15) + b"  \r\n\r\n"


SMALL = HEAD + b"Content-Length: 2\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize("size", [2**20, 4096, 1])
@pytest.mark.parametrize(
    "head", [SMALL, b"GET / HTTP/1.1\r\nHost: ece\r\n", CHUNKED], ids=["body", "none", "chunked"]
)
@pytest.mark.parametrize("before", [b"", GOOD, CHUNKED + b"\r\n2\r\n{}\r\n0\r\n\r\n"])
async def test_the_bound_is_exact_wherever_the_bytes_are_cut(
    head: bytes, before: bytes, size: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(http_limits, "MAX_HEADER_BYTES", 400)
    ends = {SMALL: (b"{}", 0), CHUNKED: (b"1\r\na\r\n0\r\nX: a\r\n\r\n", 16)}
    end, framing = ends.get(head, (b"", 0))
    for excess, answers in ((0, 2), (1, 1)):
        said = before + padded(head, 400 - framing + excess) + end
        protocol, written = protocol_in_memory()
        for at in range(0, len(said), size):
            protocol.data_received(said[at : at + size])
            await asyncio.sleep(0)
        for _ in range(10):
            await asyncio.sleep(0)
        assert b"".join(written).count(b"200 OK") == answers - (not before), excess
        protocol.connection_lost(None)


class TransportInMemory(asyncio.Transport):
    def __init__(self, written: list[bytes]) -> None:
        super().__init__()
        self._written, self._is_closing = written, False

    def write(self, data: bytes) -> None:
        self._written.append(data)

    def close(self) -> None:
        self._is_closing = True

    def is_closing(self) -> bool:
        return self._is_closing

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def protocol_in_memory() -> tuple[HttpLimits, list[bytes]]:
    """A connection without a socket, so that a test decides where the bytes are cut."""
    config = uvicorn.Config(application, lifespan="off", log_config=None, ws="none")
    protocol, written = HttpLimits(config, ServerState(), {}), []
    protocol.connection_made(TransportInMemory(written))
    return protocol, written


@pytest.fixture
async def small_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server of at most two connections."""
    monkeypatch.setattr(HttpLimits, "max_connections", 2)
    monkeypatch.setattr(http_limits, "REFUSAL_TIMEOUT_SECONDS", PATIENCE / 4)
    config = uvicorn.Config(application, lifespan="off", log_config=None, ws="none")
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: HttpLimits(config, state, {}), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_a_connection_above_the_limit_is_told_so_and_closed(small_server: int):
    early = [await asyncio.open_connection("127.0.0.1", small_server) for _ in range(2)]
    refused = await sent(small_server, GOOD)
    head, _, body = refused.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503")
    assert b"content-type: application/problem+json" in head
    assert b"retry-after: 5" in head
    assert b"connection: close" in head
    assert json.loads(body)["code"] == "http.too-many-connections"
    for reader, writer in early:  # those that came in time are served, as uvicorn's own do not
        writer.write(GOOD)
        assert (await reader.readuntil(b"\r\n\r\n2")).startswith(b"HTTP/1.1 200")
    early[0][1].transport.abort()
    await asyncio.sleep(0.05)
    assert (await sent(small_server, LAST)).startswith(b"HTTP/1.1 200")
    early[1][1].transport.abort()


async def test_connections_far_above_the_limit_are_dropped(small_server: int):
    held = [await asyncio.open_connection("127.0.0.1", small_server) for _ in range(4)]
    assert await sent(small_server, GOOD) == b""
    assert await held[2][0].read() == b""  # silent, so closed after a moment
    for _, writer in held:
        writer.transport.abort()


async def test_the_log_names_the_client_of_a_broken_request(
    port: int, caplog: pytest.LogCaptureFixture
):
    await sent(port, BROKEN)
    (line,) = caplog.records
    assert (line.name, line.client) == ("uvicorn.error", "127.0.0.1")


BROKEN = HEAD + b"Content-Length: -1\r\n\r\n"
BROKEN_BODY = HEAD + b"Transfer-Encoding: chunked\r\n\r\nx\r\n"


@pytest.mark.parametrize("said", [BROKEN, BROKEN_BODY])
async def test_a_malformed_request_gets_400(port: int, said: bytes):
    assert (await sent(port, said)).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "said", [BROKEN, BROKEN_BODY, HEAD + b"X: " + b"a" * (2 * MAX_HEADER_BYTES)]
)
async def test_the_400_of_a_malformed_request_is_not_read_as_another_response(
    port: int, said: bytes
):
    assert b" 400 " not in await sent(port, GOOD + said)


async def test_some_requests_may_wait_for_each_other(port: int):
    answers = await sent(port, GOOD * MAX_PIPELINED + LAST)
    assert answers.count(b"200 OK") == MAX_PIPELINED + 1


async def test_the_connection_with_too_many_requests_that_wait_is_closed(port: int):
    answers = await sent(port, GOOD * (MAX_PIPELINED + 2))
    assert answers.count(b"200 OK") <= MAX_PIPELINED


@pytest.mark.parametrize(("pause", "is_whole"), [(2 * PATIENCE, False), (PATIENCE / 8, True)])
async def test_a_client_that_does_not_read_in_time_is_disconnected(
    port: int, pause: float, *, is_whole: bool
):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.write(b"POST /large HTTP/1.1\r\nHost: ece\r\nContent-Length: 0\r\n\r\n")
    await asyncio.sleep(pause)
    try:
        await reader.readexactly(LARGE)
    except (asyncio.IncompleteReadError, ConnectionError):
        assert not is_whole
    else:
        assert is_whole
    finally:
        writer.transport.abort()


@pytest.mark.parametrize("size", [MAX_HEADER_BYTES, 2**20])
async def test_a_body_may_be_larger_than_that(port: int, size: int):
    body = b"a" * size
    told = HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size
    assert (await sent(port, told + body)).endswith(b"\r\n\r\n%d" % size)
    chunk = HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % size
    assert (await sent(port, chunk + body + b"\r\n0\r\n\r\n")).endswith(b"\r\n\r\n%d" % size)
