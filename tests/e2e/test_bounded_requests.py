"""Connections that say too little or too much are closed, and others do not notice."""

import asyncio
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
LAST = HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}"


async def application(scope, receive, send) -> None:
    """Answers with the number of bytes that came, or with many bytes."""
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
    """What comes back until the server closes, or until it says no more for a while."""
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
        b"GET /" + b"a" * (2 * MAX_HEADER_BYTES),
        HEAD + b"X-Long: " + b"a" * (2 * MAX_HEADER_BYTES),
        HEAD + b"X-Many: a\r\n" * MAX_HEADER_BYTES,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * MAX_HEADER_BYTES,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X-Many: a\r\n" * MAX_HEADER_BYTES,
    ],
)
async def test_too_much_beside_the_body_is_refused(port: int, said: bytes):
    parts = [
        said[at : at + MAX_HEADER_BYTES // 4] for at in range(0, len(said), MAX_HEADER_BYTES // 4)
    ]
    assert b"200 OK" not in await sent(port, *parts)


BROKEN = HEAD + b"Content-Length: -1\r\n\r\n"
BROKEN_BODY = HEAD + b"Transfer-Encoding: chunked\r\n\r\nx\r\n"


@pytest.mark.parametrize("said", [BROKEN, BROKEN_BODY])
async def test_what_is_broken_is_told_so(port: int, said: bytes):
    assert (await sent(port, said)).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "said", [BROKEN, BROKEN_BODY, HEAD + b"X: " + b"a" * (2 * MAX_HEADER_BYTES)]
)
async def test_nobody_gets_the_answer_to_the_broken_request_behind(port: int, said: bytes):
    assert b" 400 " not in await sent(port, GOOD + said)


async def test_some_requests_may_wait_for_each_other(port: int):
    answers = await sent(port, GOOD * MAX_PIPELINED + LAST)
    assert answers.count(b"200 OK") == MAX_PIPELINED + 1


async def test_the_connection_with_too_many_requests_that_wait_is_closed(port: int):
    answers = await sent(port, GOOD * (MAX_PIPELINED + 2))
    assert answers.count(b"200 OK") <= MAX_PIPELINED


@pytest.mark.parametrize(("pause", "is_whole"), [(2 * PATIENCE, False), (PATIENCE / 8, True)])
async def test_whoever_does_not_read_an_answer_in_time_loses_it(
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
