"""The committed OpenAPI document is the served one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.openapi import amended, openapi_document
from ece_entrypoints.http.platform.operations import documented
from tests.clock import SettableClock
from tests.http.conftest import exchange_of

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.json"


@pytest.fixture
def document(tmp_path: Path, clock: SettableClock) -> dict:
    return amended(create_app(exchange_of(tmp_path, clock)))


def operations(document: dict) -> list[dict]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_the_committed_document_is_current(tmp_path: Path, clock: SettableClock):
    current = openapi_document(create_app(exchange_of(tmp_path, clock)))
    assert COMMITTED.read_bytes() == current, "run: ece openapi > docs/openapi.json"


def test_every_operation_has_an_id_a_summary_and_tags(document: dict):
    for operation in operations(document):
        assert re.fullmatch(r"[a-z][A-Za-z]+", operation["operationId"])
        assert operation["summary"].strip(), operation["operationId"]
        assert not operation["summary"].endswith("."), operation["operationId"]
        assert operation["tags"], operation["operationId"]


def test_every_operation_has_an_id_of_its_own(document: dict):
    ids = [operation["operationId"] for operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_every_tag_is_explained(document: dict):
    used = {tag for operation in operations(document) for tag in operation["tags"]}
    assert used <= {tag["name"] for tag in document["tags"]}


def test_every_body_and_answer_has_an_example(document: dict):
    for operation in operations(document):
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            for content in part.get("content", {}).values():
                assert content.get("example") or content.get("examples"), operation["operationId"]


def undescribed(document: dict) -> list[str]:
    """The operations, parameters, schemas and fields without a description."""
    found = [name for name, each in document["components"]["schemas"].items() if not says(each)]
    for name, schema in document["components"]["schemas"].items():
        fields = schema.get("properties", {})
        found += [f"{name}.{field}" for field, each in fields.items() if not says(each)]
    for each in operations(document):
        parts = [("", each), *((p["name"], p) for p in each.get("parameters", ()))]
        parts += each["responses"].items()
        found += [f"{each['operationId']} {name}" for name, part in parts if not says(part)]
    return found


def says(part: dict) -> bool:
    return bool(part.get("description", "").strip())


def examples_in(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every plain value of an example, with the name of its field."""
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from examples_in(each, inner)
    elif isinstance(value, list):
        for each in value:
            yield from examples_in(each, name)
    else:
        yield name, value


def test_every_operation_parameter_schema_and_field_is_described(document: dict):
    assert undescribed(document) == [], "add it to field_texts.py, or to the field's Meta"


def test_every_example_is_a_real_value(document: dict):
    examples = [
        content["example"]
        for operation in operations(document)
        for part in (operation.get("requestBody", {}), *operation["responses"].values())
        for content in part.get("content", {}).values()
        if "example" in content
    ]
    made_up = [name for name, value in examples_in(examples) if value == "text"]

    assert len(examples) > 50
    assert made_up == [], "add it to field_texts.py"


def test_a_problem_documents_its_headers(document: dict):
    responses = document["paths"]["/v1/card-sets"]["post"]["responses"]

    assert set(responses["401"]["headers"]) == {"WWW-Authenticate"}
    assert set(responses["503"]["headers"]) == {"Retry-After"}


def test_a_resource_documents_its_etag_and_a_new_one_its_address(document: dict):
    sent = {
        operation["operationId"]: set(response.get("headers", ()))
        for operation in operations(document)
        for status, response in operation["responses"].items()
        if status in {"200", "201"}
    }

    assert sent["createListing"] == {"ETag", "Location", "Idempotent-Replayed"}
    assert sent["updateListing"] == sent["getListing"] == sent["getPrintingArt"] == {"ETag"}
    assert sent["buyListing"] == {"Location", "Idempotent-Replayed"}
    assert sent["listListings"] == {"Link"}


def test_what_has_a_version_says_when_it_was_made_and_last_changed(document: dict):
    """A fee has the version of its rule, which does not change with the sale."""
    versioned = {
        name: set(schema["required"])
        for name, schema in document["components"]["schemas"].items()
        if "version" in schema.get("properties", ()) and name != "Fee"
    }

    assert versioned.keys() >= {"Account", "Card", "CardSet", "Listing", "Printing"}
    for name, required in versioned.items():
        assert required >= {"created_at", "updated_at"}, name


def test_every_reference_leads_somewhere(document: dict):
    for reference in set(re.findall(r"'\$ref': '#/([^']+)'", str(document))):
        found: dict = document
        for step in reference.split("/"):
            found = found[step]
        assert found


def test_the_guard_knows_the_query_parameters_that_are_documented(
    tmp_path: Path, clock: SettableClock, document: dict
):
    """Litestar reads its parameters for the document by itself, and the guard by its own way."""
    seen = 0
    for route in create_app(exchange_of(tmp_path, clock)).routes:
        for handler in documented([route]):
            (method,) = handler.http_methods
            operation = document["paths"][route.path_format][method.lower()]
            query = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
            known = handler.opt["requirements"]
            assert known.parameters == {each["name"] for each in query}
            assert known.required == {each["name"] for each in query if each.get("required")}
            seen += len(query)
    assert seen > 50


def test_every_amount_in_a_problem_is_money(document: dict):
    members = document["components"]["schemas"]["Problem"]["properties"]
    money = {"$ref": "#/components/schemas/Money"}
    assert {name for name, member in members.items() if member.get("type") == "integer"} == {
        "status",
        *("highest", "longest", "max_bytes", "max_words", "minted", "print_run"),  # counts
        *("quota", "retry_after_seconds", "window_seconds"),
    }
    for name in ("available", "max_balance", "max_price", "min_amount", "needed", "remaining"):
        assert money.items() <= members[name].items()


def test_an_error_with_an_amount_is_shown_with_money(document: dict):
    example = document["components"]["examples"]["market.price-above-max"]["value"]
    assert example["price"] == {"amount": 1500, "asset": "USD/2"}
    assert example["max_price"] == {"amount": 1250, "asset": "USD/2"}
