"""Mass assignment: no request can set a field of a view that is not in its body type."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
from attrs import asdict

from ece_domain.identity import Role
from tests.hostile.inspector import DOCUMENT, OPERATIONS, Operation
from tests.hostile.town import Town

SCHEMAS: Mapping[str, Any] = DOCUMENT["components"]["schemas"]
NAMES = {name for schema in SCHEMAS.values() for name in schema.get("properties", ())} | {
    "__class__",
    "events",
    "is_admin",
    "password_hash",
    "version",
}
WITH_BODY = [operation for operation in OPERATIONS if "requestBody" in operation.facts]


def content_of(operation: Operation) -> Any:
    return operation.facts["requestBody"]["content"]["application/json"]


def objects_in(
    schema: Mapping[str, Any], value: object, pointer: str = "#"
) -> Iterator[tuple[str, dict[str, Any], set[str]]]:
    """Every object of an example body: its path, its value, and its allowed fields."""
    if "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    for alternative in schema.get("oneOf", ()):
        yield from objects_in(alternative, value, pointer)
    if isinstance(value, dict) and "properties" in schema:
        properties = schema["properties"]
        for name, each in list(value.items()):
            yield from objects_in(properties[name], each, f"{pointer}/{name}")
        yield pointer, value, set(properties)
    if isinstance(value, list) and "items" in schema:
        for index, each in enumerate(value):
            yield from objects_in(schema["items"], each, f"{pointer}/{index}")


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.id)
def test_a_field_that_is_not_the_clients_is_refused_by_name(town: Town, operation: Operation):
    bank, boss = town.sign_up("bank", Role.SERVICE), town.sign_up("boss", Role.ADMIN)
    path = operation.path.format_map(asdict(town.furnish(boss, "boss", bank, boss)))
    body = deepcopy(content_of(operation)["example"])
    smuggled = {
        f"{pointer}/{name}": found.setdefault(name, "admin")
        for pointer, found, known in list(objects_in(content_of(operation)["schema"], body))
        for name in NAMES - known
    }
    answer = town.send(operation.method, path, boss, json=body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (400, "http.invalid-body")
    faults = {fault["pointer"]: fault["code"] for fault in answer.json()["errors"]}
    assert len(smuggled) >= len(NAMES) - 12
    assert faults == dict.fromkeys(smuggled, "unknown")


def test_a_collector_cannot_become_an_admin(town: Town):
    account = {"email": "eve@example.net", "handle": "eve", "password": "correct horse battery"}
    refused = town.send("POST", "/v1/users", json={**account, "role": "admin"})
    assert refused.status_code == 400
    made = town.send("POST", "/v1/users", json=account)
    assert made.json()["role"] == "collector"
