"""Log-ins do not reveal who has an account, by their response or by their duration.

A registration does reveal that an address is taken, but not faster than it would create the
account. Refresh tokens have 256 random bits, which cannot be guessed.
"""

import json
from collections.abc import AsyncIterator, Iterator
from itertools import count
from math import sqrt
from random import Random
from statistics import median
from time import perf_counter

import httpx2
import pytest

from tests.tally import SCALE, Tally

from .exchange_process import ExchangeProcess, exchange_process
from .raw_http import Answer, RawConnection

SAMPLES = 60 * SCALE
SIGMAS = 5
ANN = {"email": "ann@example.com", "handle": "ann_lee", "password": "correct horse battery"}
WRONG = {"email": "ann@example.com", "password": "wrong horse battery"}
UNKNOWN = {"email": "bob@example.com", "password": "wrong horse battery"}
NO_ADDRESS = {"email": "bobbobbobbobbob", "password": "wrong horse battery"}


@pytest.fixture(scope="module")
def running() -> Iterator[ExchangeProcess]:
    with exchange_process() as running:
        yield running


@pytest.fixture
async def connection(
    running: ExchangeProcess, client: httpx2.AsyncClient
) -> AsyncIterator[RawConnection]:
    """A client of an exchange where Ann has an account."""
    assert (await client.post("/v1/users", json=ANN)).status_code in {201, 409}
    async with RawConnection(running.port) as connection:
        yield connection


async def post(connection: RawConnection, path: str, body: object) -> tuple[Answer, float]:
    """The response, and its duration in seconds."""
    sent = json.dumps(body).encode()
    head = b"POST %b HTTP/1.1\r\nHost: ece\r\nContent-Type: application/json\r\n" % path.encode()
    started = perf_counter()
    await connection.say(head + b"Content-Length: %d\r\n\r\n" % len(sent) + sent)
    answer = await connection.answer()
    assert answer is not None
    return answer, perf_counter() - started


def all_but_its_own(answer: Answer) -> tuple[list[bytes], bytes]:
    """The response without its individual values: time and id."""
    lines = answer.head.splitlines()
    return [
        line for line in lines if not line.startswith((b"date:", b"x-request-id:"))
    ], answer.body


async def times(connection: RawConnection, one: object, other: object) -> list[list[float]]:
    """The durations of both kinds of log-ins, interleaved so that other load affects both."""
    chance = Random(6)
    taken: list[list[float]] = [[], []]
    for _ in range(SAMPLES):
        for kind in chance.sample((0, 1), 2):
            _, seconds = await post(connection, "/v1/sessions", (one, other)[kind])
            taken[kind].append(seconds)
    return taken


def tell_apart(one: list[float], other: list[float]) -> bool:
    """Whether one kind takes longer more often than chance explains (Mann and Whitney)."""
    later = sum(first > second for first in one for second in other) / (len(one) * len(other))
    sigma = sqrt((len(one) + len(other) + 1) / (12 * len(one) * len(other)))
    return abs(later - 0.5) > SIGMAS * sigma


@pytest.mark.timeout(120 + 60 * SCALE)
async def test_an_unknown_address_and_a_wrong_password_take_as_long(
    connection: RawConnection, tally: Tally
):
    assert not tell_apart(*await times(connection, UNKNOWN, WRONG))
    assert tell_apart(*await times(connection, NO_ADDRESS, WRONG)), "the clock sees no hashing"
    tally.count("log-ins that were timed", 4 * SAMPLES, at_least=240 * SCALE)


async def test_an_unknown_address_and_a_wrong_password_get_one_answer(connection: RawConnection):
    wrong, _ = await post(connection, "/v1/sessions", WRONG)
    unknown, _ = await post(connection, "/v1/sessions", UNKNOWN)
    assert (wrong.status, json.loads(wrong.body)["code"]) == (401, "identity.wrong-credentials")
    assert all_but_its_own(wrong) == all_but_its_own(unknown)


@pytest.mark.timeout(120 + 60 * SCALE)
async def test_asking_whether_an_address_is_taken_takes_as_long_as_an_account(
    connection: RawConnection,
):
    numbers = count()
    taken, opened = [], []
    for _ in range(SAMPLES // 3):
        number = next(numbers)
        new = {**ANN, "email": f"user{number}@example.com", "handle": f"user_{number}"}
        answer, seconds = await post(connection, "/v1/users", new)
        assert answer.status == 201
        opened.append(seconds)
        answer, seconds = await post(connection, "/v1/users", {**new, "handle": f"x_{number}"})
        assert answer.status == 409
        taken.append(seconds)
    assert median(taken) > 0.7 * median(opened)


async def test_an_unknown_refresh_token_is_refused_like_an_invalid_one(connection: RawConnection):
    """A token of an ended session gets the same response whether it was the last one or not."""
    nobodys, _ = await post(connection, "/v1/sessions/refresh", {"refresh_token": "A" * 86})
    none, _ = await post(connection, "/v1/sessions/refresh", {"refresh_token": "none"})
    assert nobodys.status == 401
    assert all_but_its_own(nobodys) == all_but_its_own(none)

    logged_in, _ = await post(connection, "/v1/sessions", {**WRONG, "password": ANN["password"]})
    first = {"refresh_token": json.loads(logged_in.body)["refresh_token"]}
    refreshed, _ = await post(connection, "/v1/sessions/refresh", first)
    second = {"refresh_token": json.loads(refreshed.body)["refresh_token"]}
    await post(connection, "/v1/sessions/refresh", second)
    reused, _ = await post(connection, "/v1/sessions/refresh", first)
    assert json.loads(reused.body)["code"] == "identity.refresh-token-reused"
    last, _ = await post(connection, "/v1/sessions/refresh", second)
    older, _ = await post(connection, "/v1/sessions/refresh", first)
    assert json.loads(last.body)["code"] == "identity.session-not-active"
    assert all_but_its_own(last) == all_but_its_own(older)
