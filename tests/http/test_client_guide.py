"""Sends every request of docs/client-guide.md, in the order of the page."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ece_domain.identity import UserId
from tests.contract.market.stall import Stall

PAGE = Path(__file__).parents[2] / "docs" / "client-guide.md"
BLOCK = re.compile(
    r"^```http\n(?P<method>[A-Z]+) (?P<path>\S+) -> (?P<status>\d+)(?: (?P<expected>\S+))?\n"
    r"(?P<headers>(?:[A-Za-z-]+: .*\n)*)(?P<body>\{.*\}\n)?```$",
    re.MULTILINE,
)


@pytest.fixture
def stall(exchange, clock) -> Stall:
    return Stall(exchange.database(), clock)


def filled(text: str, known: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: known[name[1]], text)


async def seen(client, block: re.Match[str], known: dict[str, str]) -> Any:
    """Send the request, check the answer, and remember its members."""
    headers = dict(line.split(": ", 1) for line in filled(block["headers"], known).splitlines())
    body = None if block["body"] is None else json.loads(filled(block["body"], known))
    response = await client.request(
        block["method"], filled(block["path"], known), headers=headers, json=body
    )
    assert response.status_code == int(block["status"]), f"{block[0]}\n{response.text}"
    if block["expected"] == "replayed":
        assert response.headers["idempotent-replayed"] == "true"
    elif block["expected"]:
        assert response.json()["code"] == block["expected"]
    if response.is_success:
        known |= {name: text for name, text in response.json().items() if isinstance(text, str)}
        if "etag" in response.headers:
            known["etag"] = response.headers["etag"]
    return response


async def test_every_request_of_the_guide_is_answered_as_it_says(client, stall):
    blocks = list(BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    assert len(blocks) == PAGE.read_text(encoding="utf-8").count("```http\n")
    cheapest = await stall.listing(await stall.someone(), 1250)
    await stall.listing(await stall.someone(), 1251)  # the second page
    known = {"listing_id": str(cheapest.id), "card_id": str(cheapest.card_id)}
    for block in blocks:
        response = await seen(client, block, known)
        if block["path"] == "/v1/users":
            user_id = response.json()["id"]
            await stall.pay_in(UserId(UUID(user_id)), 5_000)
        if response.status_code == 400:
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["errors"]
    assert await stall.owner(cheapest.card_id) == UserId(UUID(user_id))
