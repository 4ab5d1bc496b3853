"""The OpenAPI document and its pages are complete, and need no network."""

import re
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

import ece_entrypoints
from ece_domain.kernel import Conflict, NotFound
from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.json_body import read
from ece_entrypoints.http.platform.openapi import amended
from ece_entrypoints.http.platform.problems import problems
from ece_entrypoints.wiring.exchange import Exchange
from tests.http.conftest import Client
from tests.http.platform.conftest import ROUTES, OfferBody

VENDOR = Path(ece_entrypoints.__path__[0]) / "web" / "vendor"


@pytest.fixture
def paths(exchange: Exchange) -> dict:
    return amended(create_app(exchange, ROUTES))["paths"]


def test_an_operation_lists_every_problem_that_follows_from_its_shape(paths: dict):
    made, changed = paths["/v1/offers"]["post"], paths["/v1/offers/{number}"]["patch"]
    assert set(made["responses"]) == {
        "201", "400", "401", "409", "413", "415", "422", "429", "503",
    }  # fmt: skip
    assert {"401", "404", "412", "415", "428"} <= set(changed["responses"])
    assert set(paths["/v1/offers"]["get"]["responses"]) == {"200", "400", "429", "503"}
    assert "403" in paths["/v1/secrets"]["get"]["responses"]
    assert "kernel.idempotency-key-reused" in made["responses"]["422"]["description"]
    for status, response in made["responses"].items():
        if status != "201":
            (content,) = response["content"]
            assert content == "application/problem+json"


def test_an_operation_lists_the_headers_of_the_platform(paths: dict):
    made, changed = paths["/v1/offers"]["post"], paths["/v1/offers/{number}"]["patch"]
    required = {each["name"] for each in made["parameters"] if each["required"]}
    assert required == {"Idempotency-Key"}
    assert "Idempotent-Replayed" in made["responses"]["201"]["headers"]
    assert "If-Match" in {each["name"] for each in changed["parameters"]}
    assert "Link" in paths["/v1/offers"]["get"]["responses"]["200"]["headers"]


def test_an_example_is_made_of_the_examples_of_its_fields(paths: dict):
    (content,) = paths["/v1/offers"]["post"]["requestBody"]["content"].values()
    assert content["example"]["price"] == {"amount": 1250, "asset": "USD/2"}
    assert content["example"]["also"] == [content["example"]["price"]]
    read(msgspec.json.encode(content["example"]), OfferBody)


def test_an_example_of_a_problem_is_there_for_every_code(exchange: Exchange):
    document = amended(create_app(exchange, ROUTES))
    response = document["paths"]["/v1/offers"]["post"]["responses"]["422"]
    (examples,) = (content["examples"] for content in response["content"].values())
    assert examples == {
        "kernel.idempotency-key-reused": {
            "$ref": "#/components/examples/kernel.idempotency-key-reused"
        }
    }
    example = document["components"]["examples"]["kernel.idempotency-key-reused"]["value"]
    assert (example["status"], example["title"]) == (422, "Idempotency key reused")


def test_an_operation_documents_whether_it_needs_a_token(paths: dict):
    assert paths["/v1/offers"]["post"]["security"] == [{"bearer": []}]
    assert "security" not in paths["/v1/offers"]["get"]
    assert paths["/v1/secrets"]["get"]["x-roles"] == ["admin"]


def test_a_body_documents_that_unknown_fields_are_refused(exchange: Exchange):
    schemas = amended(create_app(exchange, ROUTES))["components"]["schemas"]
    (body,) = (schema for name, schema in schemas.items() if name.endswith("OfferBody"))
    assert body["additionalProperties"] is False


def test_problems_group_by_status():
    class Sold(Conflict):
        code = "test.sold"

    class Held(Conflict):
        code = "test.held"

    class Lost(NotFound):
        code = "test.lost"

    found = problems(Sold, Lost, Held)
    assert {status: each.description for status, each in found.items()} == {
        409: "Conflict: `test.sold`, `test.held`",
        404: "Not Found: `test.lost`",
    }


async def test_the_pages_load_nothing_from_other_hosts(client: Client):
    page = (await client.get("/docs/api")).text
    for target in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert target.startswith(("/docs/", "data:"))
        if target.startswith("/"):
            answer = await client.get(target)
            assert answer.status_code == 200, target


async def test_the_document_is_served(client: Client):
    document = (await client.get("/docs/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert "/v1/offers" in document["paths"]


async def test_an_unknown_error_has_no_page(client: Client):
    assert (await client.get("/docs/errors/nothing.here")).status_code == 404


def test_vendored_files_are_those_that_were_published():
    listed = re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", (VENDOR / "README.md").read_text())
    assert len(listed) == 2
    for name, digest in listed:
        assert sha256((VENDOR / name).read_bytes()).hexdigest() == digest
