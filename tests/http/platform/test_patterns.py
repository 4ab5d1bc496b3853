"""A pattern holds for the whole text, in Python and in every other language."""

import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

import pytest

from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.openapi import amended
from ece_entrypoints.http.platform.patterns import exact, portable
from ece_entrypoints.wiring.exchange import Exchange
from tests.http.conftest import Client, client_of


@pytest.fixture
async def client(exchange: Exchange) -> AsyncIterator[Client]:
    async with client_of(create_app(exchange)) as client:
        yield client


def patterns_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        for each in value.values():
            yield from patterns_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from patterns_in(each)


def test_an_exact_pattern_refuses_a_final_line_break():
    assert re.search(exact("[a-z]+"), "abc")
    assert not re.search(exact("[a-z]+"), "abc\n")
    assert re.search(portable(exact("[a-z]+")), "abc\n")


def test_every_documented_pattern_is_anchored_and_portable(exchange: Exchange):
    patterns = set(patterns_in(amended(create_app(exchange))))
    assert len(patterns) > 5
    assert [each for each in patterns if not re.fullmatch(r"\^.*\$", each) or "(?" in each] == []


async def test_an_asset_with_a_final_line_break_is_no_asset(client: Client):
    answer = await client.get(f"/v1/listings?asset={quote('USD/2' + chr(10))}")
    assert (answer.status_code, answer.json()["code"]) == (400, "http.invalid-parameters")
    [error] = answer.json()["errors"]
    assert error["detail"].endswith("the pattern ^([A-Z][A-Z0-9]{1,15})/([0-9]|1[0-8])$.")


async def test_a_handle_with_a_final_line_break_is_no_handle(client: Client):
    body = {"email": "ann@example.com\n", "handle": "ann_lee\n", "password": "x" * 12}
    answer = await client.post("/v1/users", json=body)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/email", "#/handle"]
