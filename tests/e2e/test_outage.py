"""PostgreSQL stops under a running API, and starts again."""

import asyncio
import os
import signal
import time

import httpx2
import psutil

from tests.tally import Tally

from .bazaar import Bazaar
from .exchange_process import ExchangeProcess, within


async def statuses(client: httpx2.AsyncClient, *paths: str) -> list[int]:
    return [response.status_code for response in await answers(client, *paths)]


async def answers(client: httpx2.AsyncClient, *paths: str) -> list[httpx2.Response]:
    return list(await asyncio.gather(*(client.get(path) for path in paths)))


async def test_requests_get_503_while_the_database_is_down_and_succeed_after(
    running: ExchangeProcess, client: httpx2.AsyncClient, bazaar: Bazaar, tally: Tally
):
    seller, buyer = await bazaar.trader(), await bazaar.trader(5_000)
    listing, *_ = await bazaar.listings(seller, 1)
    assert await statuses(client, *["/v1/listings"] * 20) == [200] * 20
    pid = running.pid

    running.postgres.kill()
    begun = time.monotonic()
    reads = await answers(client, *["/v1/listings", "/v1/card-sets", "/health/ready"] * 10)
    bought = await bazaar.buy(listing, buyer, "one")
    assert time.monotonic() - begun < 5

    for response in [*reads, bought]:
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert response.json()["code"] == "kernel.unavailable"
    assert await statuses(client, "/health/live") == [200]

    running.postgres.start()
    assert await within(5, client, "/health/ready", 200)
    assert (await bazaar.buy(listing, buyer, "one")).status_code == 201
    assert await statuses(client, *["/v1/listings"] * 20) == [200] * 20
    assert running.pid == pid
    assert running.is_running
    await bazaar.assert_sound()
    tally.count("requests told to come back", len(reads) + 1, at_least=30)


async def test_a_database_that_does_not_respond_blocks_requests_briefly(
    running: ExchangeProcess, client: httpx2.AsyncClient, bazaar: Bazaar, tally: Tally
):
    assert await statuses(client, *["/v1/listings"] * 20) == [200] * 20
    server = psutil.Process(running.postgres.pid)
    stopped = [server.pid, *(child.pid for child in server.children())]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        told = await statuses(client, *["/v1/listings"] * 40)
        assert time.monotonic() - begun < 15
        assert set(told) == {503}
        assert await statuses(client, "/health/live") == [200]
    finally:
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)
    assert await within(15, client, "/health/ready", 200)
    assert await statuses(client, *["/v1/listings"] * 20) == [200] * 20
    tally.count("requests told to come back", len(told), at_least=40)
