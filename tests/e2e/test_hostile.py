"""Bytes that no decent client sends, on every route of a running server.

``ECE_PROOF_SCALE=100`` sends a hundred times as many.
"""

import asyncio
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from uuid import UUID

import httpx2
import psutil
from attrs import frozen
from litestar.routes import HTTPRoute

from ece_domain.identity import Role
from ece_entrypoints.http.app import create_app
from tests.http.conftest import headers_of, person

from .bazaar import Bazaar
from .exchange_process import ExchangeProcess
from .raw_http import CLOSED, RawConnection

SCALE = int(os.environ.get("ECE_PROOF_SCALE", "1"))
REQUESTS = 6_000 * SCALE
CONNECTIONS = 8
GROWTH = 48 * 2**20
"""Bytes by which a server's memory may grow: caches fill up, and fragments stay."""

MANY = 100_000
BODIES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b'{"a": NaN}',
    b'{"price": {"amount": 1, "amount": 2}}',
    b'{"email": "\xff\xfe"}',
    b'{"email": "a\\u0000@b.c", "password": "\\u0000", "handle": "\\ud800"}',
    b'{"handle": 1' + b"0" * 5_000 + b"}",
    b'{"price": {"amount": 9223372036854775808, "asset": "USD/2"}}',
    b'{"amount": {"amount": -1, "asset": "USD/2"}, "to": "x"}',
    b'{"money": {"amount": 1e400, "asset": "USD/99"}}',
    b"[" * MANY,
    b'{"a":' * MANY,
    b'{"expires_at": "9999-12-31T23:59:59-23:59"}',
    b'{"unheard_of": true}',
    b"\x00" * 64,
    b'{"text": "' + b"a" * (2**20 + 1 - 12) + b'"}',
)
QUERIES = (
    b"?unheard_of=1",
    b"?cursor=AAAA",
    b"?cursor=%00",
    b"?cursor=" + b"A" * 4_000,
    b"?limit=-1&limit=2",
    b"?limit=" + b"9" * 400,
    b"?text=%ff%fe",
    b"?text=%00",
    b"?\xff",
    b"?lowest=99999999999999999999&order=%27%3B--",
    b"?owner=00000000-0000-0000-0000-000000000000&cursor=e30",
)
PLACES = (
    b"01890a5d-ac96-774b-bcce-b302099a8057",
    b"%00",
    b"%ff%fe",
    b"..%2f..%2fetc%2fpasswd",
    b"-1",
    b"9" * 400,
    b"%F0%9F%A6%8A",
)
HEADERS = (
    b"",
    b"Idempotency-Key: " + b"k" * 300 + b"\r\n",
    b"Idempotency-Key: \xff\r\n",
    b"If-Match: *\r\n",
    b'If-Match: "99999999999999999999999"\r\n',
    b'If-None-Match: W/"' + b"9" * 400 + b'"\r\n',
    b"Authorization: Bearer eyJhbGciOiJub25lIn0.e30.\r\n",
    b"Authorization: Bearer \xff.\xff.\xff\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Type: text/plain\r\n",
    b"Content-Type: application/json; charset=\xff\r\n",
    b"X-Request-Id: \x01\r\n",
    b"Accept: \xff/*;q=x\r\n",
    b"Cookie: " + b"a=b; " * 500 + b"\r\n",
    b"Expect: 100-continue\r\n",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Content-Length: -1\r\n",
    b"Host: a\r\nHost: b\r\n",
)
NOT_HTTP = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET http://[::1/ HTTP/1.1\r\n\r\n",
    b"GET //// HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"CONNECT ece:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\x00\r\n\r\n",
    b"POST /v1/users HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n",
)
UNFINISHED = (
    b"",
    b"GET /v1/listings HTTP/1.1\r\nHost:",
    b"POST /v1/users HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
)


@frozen
class Address:
    """A method and a path, with gaps for what a client fills in."""

    method: bytes
    path: bytes

    def request(self, chance: random.Random, headers: dict[str, str]) -> bytes:
        """Something is wrong with it in one place at least, most often in several."""
        path = re.sub(rb"\{[^}]+\}", lambda _: chance.choice(PLACES), self.path)
        query = chance.choice((b"", *QUERIES)) if chance.random() < 0.5 else b""
        body = chance.choice(BODIES)
        head = [
            self.method + b" " + path + query + b" HTTP/1.1\r\nHost: ece\r\n",
            *(f"{name}: {text}\r\n".encode() for name, text in headers.items()),
            b"Idempotency-Key: %d\r\n" % chance.randrange(100),
            b"Content-Type: application/json\r\n",
            chance.choice(HEADERS) if chance.random() < 0.5 else b"",
        ]
        if chance.random() < 0.5:
            framed = b"Transfer-Encoding: chunked\r\n\r\n"
            chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            return b"".join((*head, framed, chunk, b"0\r\n\r\n"))
        return b"".join((*head, b"Content-Length: %d\r\n\r\n" % len(body), body))


def addresses(bazaar: Bazaar) -> list[Address]:
    """Every route that there is, with each of its methods."""
    found = [
        Address(method.encode(), route.path_format.encode())
        for route in create_app(bazaar.exchange).routes
        if isinstance(route, HTTPRoute)
        for method in sorted(route.methods)
    ]
    assert len(found) > 60
    return found


def requests(
    found: list[Address], log_in: Callable[[], dict[str, str]], chance: random.Random
) -> Iterator[tuple[str, bytes]]:
    """Without end: each address in turn, and now and then what is no HTTP at all.

    Each round has a session of its own, for one of the addresses ends it.
    """
    while True:
        headers = log_in()
        for address in found:
            name = f"{address.method.decode()} {address.path.decode()}"
            yield name, address.request(chance, headers)
        yield "not HTTP", chance.choice(NOT_HTTP)


async def test_nothing_that_anybody_sends_is_answered_with_a_server_error(
    running: ExchangeProcess, client: httpx2.AsyncClient, bazaar: Bazaar
):
    admin = person(bazaar.exchange, role=Role.ADMIN)
    log_in = partial(headers_of, bazaar.exchange, admin)
    hostile = requests(addresses(bazaar), log_in, random.Random(5))
    server = psutil.Process(running.pid)
    statuses: Counter[int] = Counter()
    failures: list[str] = []

    async def send(count: int) -> None:
        async with RawConnection(running.port) as connection:
            for name, said in islice(hostile, count):
                status, body = await connection.ask(said)
                statuses[status] += 1
                if status >= 500:
                    failures.append(f"{status} {name}: {said[:600]!r} -> {body!r}")

    async def send_all(count: int) -> None:
        await asyncio.gather(*(send(count // CONNECTIONS) for _ in range(CONNECTIONS)))

    await send_all(REQUESTS // 3)
    before = server.memory_info().rss
    await send_all(REQUESTS - REQUESTS // 3)
    grown = server.memory_info().rss - before

    print(f"{dict(statuses)}, memory grew by {grown / 2**20:.1f} MiB")  # noqa: T201
    assert failures == []
    assert {200, 204, 400, 401, 404, 413, 415} <= set(statuses)
    assert statuses[CLOSED] < statuses.total() // 5
    assert grown < GROWTH
    assert running.is_running
    assert (await client.get("/health/ready")).status_code == 200
    assert "unexpected" not in running.log()
    await bazaar.assert_sound()


async def test_those_who_never_finish_keep_nobody_waiting(
    running: ExchangeProcess, client: httpx2.AsyncClient
):
    """Not even for the database: it has fewer connections than there are unfinished requests."""
    writers = []
    for said in UNFINISHED * 200:
        _, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(said)
        writers.append(writer)
    async with asyncio.timeout(10):
        answers = await asyncio.gather(*(client.get("/v1/listings") for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    for writer in writers:
        writer.transport.abort()
    assert (await client.get("/health/ready")).status_code == 200
    assert "unexpected" not in running.log()


def test_the_ids_are_ids():
    """Or else every route with an id would answer 404 before it is tried."""
    assert UUID(PLACES[0].decode())
