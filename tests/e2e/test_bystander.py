"""No single request keeps others waiting, whatever it holds."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import psutil
import pytest
from attrs import evolve

from ece_entrypoints.demo.people import CURATOR, NEWCOMER, PASSWORD, Person
from tests.cli.conftest import ece
from tests.cli.ece import Ece, Open
from tests.hostile.long_requests import Demo, filled, long_requests
from tests.tally import Tally

from .bystander import ATTEMPTS, Bystander, Impact
from .hostile_bytes import BODIES, LARGE_BODIES, NOT_HTTP

__all__ = ["ece"]

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(), reason="Linux tells the time of a thread in /proc"
)
GRACE = 0.3
"""Seconds for the answer to bytes that may be no whole request."""
_POST = b"POST /v1/users HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
SLOW_STRING = r"""
import re
from ece_entrypoints.http.platform import json_body
json_body._STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
"""
"""The pattern that read a string of escapes again from each escaped quote."""


@pytest.fixture(scope="module", params=["memory", "postgres"])
def served(request: pytest.FixtureRequest, ece: Ece) -> Iterator[Open]:
    quiet = ece.with_variable(ECE_ACCESS_LOG="false")
    with quiet.serving("--store", request.param, "--demo") as served:
        yield served


@pytest.fixture
async def bystander(served: Open) -> AsyncIterator[Bystander]:
    async with bystander_of(served) as bystander:
        yield bystander


def bystander_of(served: Open) -> Bystander:
    return Bystander(int(served.url.rpartition(":")[2]), served.process.pid)


async def demo_of(served: Open) -> Demo:
    async with httpx2.AsyncClient(base_url=f"{served.url}/v1", timeout=60) as client:

        async def headers_of(person: Person) -> dict[str, str]:
            body = {"email": person.email, "password": PASSWORD}
            answer = await client.post("/sessions", json=body)
            return {"Authorization": f"Bearer {answer.json()['access_token']}"}

        printings = (await client.get("/printings", params={"rarity": "common"})).json()["data"]
        listings = (await client.get("/listings")).json()["data"]
        owner = (await client.get(f"/users/{NEWCOMER.name}")).json()
        return Demo(
            printing_id=printings[0]["id"],
            listing_id=listings[0]["id"],
            owner_id=owner["id"],
            nth=0,
            collector=await headers_of(NEWCOMER),
            admin=await headers_of(CURATOR),
        )


def requests_to(demo: Demo) -> dict[str, bytes]:
    return {request.name: request.raw() for request in long_requests(demo)}


def bytes_of_any_kind() -> dict[str, bytes]:
    bodies = {
        f"bytes {number}": b"%bContent-Length: %d\r\n\r\n%b" % (_POST, len(body), body)
        for number, body in enumerate((*BODIES, *LARGE_BODIES))
    }
    return bodies | {f"no HTTP {number}": said for number, said in enumerate(NOT_HTTP)}


@pytest.mark.timeout(600)
async def test_others_are_served_beside_any_single_request(
    served: Open, bystander: Bystander, tally: Tally
):
    """What is too slow is tried again: a request that blocks the event loop is slow each time."""
    best: dict[str, Impact] = {}
    demo = await demo_of(served)  # logged in once: log-ins are limited
    requests = requests_to(demo)
    sent = len(requests)
    for attempt in range(1, ATTEMPTS + 1):
        for name, said in requests.items():
            impact = await bystander.impact_of(said)
            best[name] = impact.best(best.get(name, impact))
        slow = {name for name, impact in best.items() if not impact.is_small}
        if not slow:
            break
        again = requests_to(evolve(demo, nth=attempt))
        requests = {name: again[name] for name in slow}
    assert {name: best[name] for name in slow} == {}
    tally.count("long requests", sent, at_least=80)
    tally.count("requests of a bystander", bystander.requests_count, at_least=2 * sent)


async def test_others_are_served_beside_bytes_of_any_kind(
    served: Open, bystander: Bystander, tally: Tally
):
    slow: dict[str, Impact] = {}
    for name, said in bytes_of_any_kind().items():
        for _ in range(ATTEMPTS):
            impact = await bystander.impact_of(said, timeout_seconds=GRACE)
            if impact.is_small:
                break
        else:
            slow[name] = impact
    assert slow == {}
    tally.count("requests of a bystander", bystander.requests_count, at_least=100)


async def test_a_planted_freeze_is_found(ece: Ece):
    """The test of the tests above: the slow pattern comes back, and one short body is enough."""
    folder = Path(tempfile.mkdtemp(prefix="planted-"))
    (folder / "sitecustomize.py").write_text(SLOW_STRING)
    planted = ece.with_variable(ECE_ACCESS_LOG="false", PYTHONPATH=str(folder))
    body = filled(b'\\"', b"[" * 65 + b'"', size=16_384)
    said = b"%bContent-Length: %d\r\n\r\n%b" % (_POST, len(body), body)
    try:
        with planted.serving("--store", "memory", "--demo") as served:
            async with bystander_of(served) as bystander:
                impact = await bystander.impact_of(said)
            assert psutil.pid_exists(served.process.pid)
    finally:
        shutil.rmtree(folder)
    assert not impact.is_small
    assert impact.loop_seconds > 0.2
    assert impact.slowest_seconds > 0.2
