"""Malformed and hostile bytes on every route of a running server."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from random import Random

import httpx2
import psutil
import pytest
from attrs import define, field

from ece_domain.identity import Role
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.wiring.settings import PasswordCost
from tests.http.conftest import headers_of, person
from tests.tally import SCALE, Tally

from .bazaar import Bazaar, Trader
from .exchange_process import ExchangeProcess, exchange_process
from .hostile_bytes import SMUGGLED
from .hostile_requests import Address, Attacker, Tokens, addresses
from .raw_http import Answer, NotAnAnswer, RawConnection

REQUESTS = 20_000 * SCALE
WARM_UP = 6_000
CONNECTIONS = 16
GROWTH = 48 * 2**20
"""The most bytes by which a server's memory may grow after the warm-up."""
GRACE = 0.2
"""The timeout in seconds for requests that may be incomplete."""

_ALIVE = b"GET /health/live HTTP/1.1\r\nHost: ece\r\nX-Request-Id: alive\r\n\r\n"


@pytest.fixture(scope="module")
def running() -> Iterator[ExchangeProcess]:
    """Password routes are slow, so they are called less often."""
    with exchange_process() as running:
        running.kill_api()
        running.password_cost = PasswordCost.toy
        running.start_api()
        yield running


@define
class Siege:
    """Sends pipelined batches of requests, and counts the responses."""

    attacker: Attacker
    turns: Iterator[Address]
    seen: int = 0
    """The number of requests by outcome: answered, closed by the server, or still waiting."""
    statuses: Counter[int] = field(factory=Counter)
    good: Counter[str] = field(factory=Counter)
    """The number of responses below 400, by path."""
    asked: Counter[str] = field(factory=Counter)
    hung_up: int = 0
    unfinished: int = 0
    alive: int = 0
    failures: list[str] = field(factory=list)

    async def lay(self, port: int, requests: int) -> None:
        """Run until the server has got this many more requests."""
        until = self.seen + requests
        await asyncio.gather(*(self._send_until(until, port) for _ in range(CONNECTIONS)))

    async def _send_until(self, until: int, port: int) -> None:
        async with RawConnection(port) as connection:
            while self.seen < until:
                await self._volley(connection)

    async def _volley(self, connection: RawConnection) -> None:
        """Complete requests first, then any bytes, then a request that is always valid."""
        attacker = self.attacker
        *whole, last = (next(self.turns) for _ in range(attacker.chance.randint(2, 20)))
        said = [attacker.request(address) for address in whole]
        wild = attacker.bytes_of_any_kind(last)
        in_one_breath = attacker.chance.random() < 0.2
        await connection.say(b"".join((*said, wild, _ALIVE) if in_one_breath else said))
        for address, request in zip(whole, said, strict=True):
            answer = await connection.answer(to_head=address.method == b"HEAD")
            self.seen += 1
            if answer is None:
                self.hung_up += 1
                return
            self._note(answer, request)
            self.asked[address.name] += 1
            if b"X-Request-Id: %b\r\n" % answer.header(b"x-client-request-id") not in request:
                self.failures.append(f"{request[:600]!r} got the answer of another: {answer}")
            if answer.status < 400:
                self.good[address.name] += 1
                if address.is_documented:
                    attacker.known.learn(answer.body, address.path)
        if not in_one_breath:
            await connection.say(wild + _ALIVE)
        await self._outlast(connection, wild)

    async def _outlast(self, connection: RawConnection, wild: bytes) -> None:
        self.seen += 1
        try:
            while answer := await connection.answer(timeout_seconds=GRACE):
                self._note(answer, wild)
                if answer.header(b"x-client-request-id") == b"alive":
                    self.alive += 1
                    return
            self.hung_up += 1
        except TimeoutError:
            self.unfinished += 1
            connection.drop()
        except NotAnAnswer as error:
            if b"HEAD" not in wild:
                self.failures.append(f"{error} after {wild[:600]!r}")
            connection.drop()

    def _note(self, answer: Answer, request: bytes) -> None:
        self.statuses[answer.status] += 1
        if answer.status >= 500:
            self.failures.append(f"{request[:600]!r} -> {answer.status} {answer.body[:200]!r}")


async def attacker(bazaar: Bazaar) -> Attacker:
    """A generator with tokens of all users and with ids of existing objects."""
    exchange = bazaar.exchange
    users = {role: person(exchange, f"{role}_1", role) for role in Role}
    async with exchange.database().begin() as transaction:
        for user in users.values():
            transaction.users.save(user)

    def log_in() -> Tokens:
        found = {role: headers_of(exchange, user) for role, user in users.items()}
        return {role: headers["Authorization"].encode() for role, headers in found.items()}

    attacker = Attacker(addresses(create_app(exchange)), log_in, bazaar.clock(), Random(5))
    seller = Trader(users[Role.COLLECTOR].id, headers_of(exchange, users[Role.COLLECTOR]))
    listings, cards = await bazaar.listings(seller, 200), await bazaar.cards(seller, 200)
    for role, user in users.items():
        await bazaar.teller.deposit(user.id, 1_000_000, key=f"wealth-of-{role}")
        attacker.known.learn(b'{"id":"%b"}' % str(user.id).encode(), b"/users")
        attacker.known.learn(b'{"name":"%b"}' % str(user.handle).encode())
    for listing, card in zip(listings, cards, strict=True):
        attacker.known.learn(b'{"id":"%b"}' % str(listing).encode(), b"/listings")
        attacker.known.learn(b'{"id":"%b"}' % str(card).encode(), b"/cards")
    return attacker


def turns(found: list[Address]) -> Iterator[Address]:
    """Every route in turn; documentation routes rarely."""
    documented = [address for address in found if address.is_documented]
    others = cycle(address for address in found if not address.is_documented)
    while True:
        yield from documented
        for _ in range(len(documented) // 8):
            yield next(others)


@pytest.mark.timeout(300 + 60 * SCALE)
async def test_no_request_harms_the_server(
    running: ExchangeProcess, client: httpx2.AsyncClient, bazaar: Bazaar, tally: Tally
):
    enemy = await attacker(bazaar)
    siege = Siege(enemy, turns(list(enemy.addresses)))
    server = psutil.Process(running.pid)

    await siege.lay(running.port, WARM_UP)
    before = server.memory_info().rss
    await siege.lay(running.port, REQUESTS)
    grown = server.memory_info().rss - before

    assert siege.failures == []
    assert grown < GROWTH
    assert running.is_running
    assert (await client.get("/health/ready")).status_code == 200
    log = running.log()
    assert "Traceback" not in log
    assert "unexpected" not in log
    await bazaar.assert_sound()

    documented = {address.name for address in enemy.addresses if address.is_documented}
    least = min(siege.asked[name] for name in documented)
    tally.count("requests", siege.seen, at_least=REQUESTS + WARM_UP)
    tally.count("answers", siege.statuses.total(), at_least=REQUESTS)
    tally.count("addresses asked", len(siege.asked), at_least=len(enemy.addresses))
    tally.count("requests to the least asked operation", least, at_least=200 * SCALE)
    reached = len(documented & siege.good.keys())
    tally.count("operations that did something", reached, at_least=len(documented) - 5)
    tally.count("requests that were granted", siege.good.total(), at_least=REQUESTS // 10)
    tally.count("connections closed by the server", siege.hung_up, at_least=REQUESTS // 50)
    tally.count("requests without an end", siege.unfinished, at_least=REQUESTS // 200)
    tally.count("good requests after broken ones", siege.alive, at_least=REQUESTS // 100)
    tally.count("MiB of memory left below the bound", (GROWTH - grown) // 2**20)


async def test_no_request_hides_in_another(
    running: ExchangeProcess, client: httpx2.AsyncClient, tally: Tally
):
    """Requests that two readers could parse differently are refused (request smuggling)."""
    for name, said in SMUGGLED.items():
        async with RawConnection(running.port) as connection:
            await connection.say(said)
            answer = await connection.answer()
            assert answer is not None, name
            assert answer.status == 400, name
            assert await connection.answer() is None, name
    tally.count("ways to hide a request", len(SMUGGLED), at_least=25)
