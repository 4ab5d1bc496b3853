"""Many idle, slow or non-reading connections, without effect on others."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import httpx2
import psutil
import pytest

from tests.tally import SCALE, Tally

from .exchange_process import ExchangeProcess, exchange_process

UNFINISHED = (
    b"",
    b"GET /v1/listings HTTP/1.1\r\nHost:",
    b"GET /v1/listings HTTP/1.1\r\nHost: ece\r\nX: ",
    b"POST /v1/users HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
    b"POST /v1/users HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
)
WHOLE = b"GET /v1/listings HTTP/1.1\r\nHost: ece\r\n\r\n"
LARGE = b"GET /docs/openapi.json HTTP/1.1\r\nHost: ece\r\n\r\n"
SMALL = b"GET / HTTP/1.1\r\n\r\n"
CONNECTIONS = 500
FLOODS = 4 * SCALE
DEAF = 40
GROWTH = 32 * 2**20


@pytest.fixture(scope="module")
def running() -> Iterator[ExchangeProcess]:
    with exchange_process() as running:
        yield running


@asynccontextmanager
async def connections(
    running: ExchangeProcess, said: tuple[bytes, ...], count: int
) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """A number of concurrent connections that each send one of these; closed at the end."""
    writers = []
    for number in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", running.port, limit=1)
        writer.write(said[number % len(said)])
        writers.append(writer)
    try:
        yield writers
    finally:
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


async def others_are_served(client: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(client.get("/v1/listings") for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}


async def comes_to(server: psutil.Process, is_so: Callable[[int], bool]) -> bool:
    """Wait until the number of the server's open files satisfies the condition."""
    for _ in range(200):
        if is_so(server.num_fds()):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_unfinished_requests_do_not_delay_others(
    running: ExchangeProcess, client: httpx2.AsyncClient
):
    """The database pool has fewer connections than there are unfinished requests."""
    async with connections(running, UNFINISHED, CONNECTIONS) as writers:
        for _ in range(5):
            for writer in writers:
                writer.write(b"a")
            await others_are_served(client)
    assert "Traceback" not in running.log()


@pytest.mark.timeout(120 + 60 * SCALE)
async def test_the_files_of_a_flood_of_connections_are_closed(
    running: ExchangeProcess, client: httpx2.AsyncClient, tally: Tally
):
    server = psutil.Process(running.pid)
    await others_are_served(client)
    before = server.num_fds()
    for _ in range(FLOODS):
        async with connections(running, (*UNFINISHED, WHOLE, WHOLE * 50), CONNECTIONS) as writers:
            assert await comes_to(server, (before + CONNECTIONS // 2).__le__)
            for writer in writers[::3]:
                writer.write_eof()
        assert await comes_to(server, before.__ge__)
        await others_are_served(client)
    assert "Traceback" not in running.log()
    tally.count("connections of a flood", FLOODS * CONNECTIONS, at_least=2_000 * SCALE)


async def test_a_client_that_never_reads_does_not_fill_memory(
    running: ExchangeProcess, client: httpx2.AsyncClient, tally: Tally
):
    """Neither many nor large responses accumulate for clients that do not read them."""
    server = psutil.Process(running.pid)
    await others_are_served(client)
    document = await client.get("/docs/openapi.json")
    before = server.memory_info().rss
    async with connections(running, (LARGE * 60, SMALL * 10_000), DEAF):
        await others_are_served(client)
        await asyncio.sleep(1)
        grown = server.memory_info().rss - before
        await others_are_served(client)
    asked = len(document.content) * 60 * DEAF // 2
    assert grown < GROWTH
    assert "Traceback" not in running.log()
    tally.count("MiB that nobody read", asked // 2**20, at_least=200)
