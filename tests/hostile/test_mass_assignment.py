"""Mass assignment: no request can set a field of a view that is not in its body type."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

import pytest
from attrs import asdict

from ece_domain.identity import Role
from ece_entrypoints.http.platform.field_errors import MAX_FAULTS
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
    smuggled = list(dict.fromkeys(fields_to_smuggle(operation)))
    assert len(smuggled) >= len(NAMES) - 12
    for batch in batched(smuggled, MAX_FAULTS):
        body = body_with(operation, batch)
        answer = town.send(operation.method, path, boss, json=body, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["code"]) == (400, "http.invalid-body")
        faults = {fault["pointer"]: fault["code"] for fault in answer.json()["errors"]}
        assert faults == {f"{pointer}/{name}": "unknown" for pointer, name in batch}


def fields_to_smuggle(operation: Operation) -> Iterator[tuple[str, str]]:
    """The object and the name of each field that the body must not have."""
    content = content_of(operation)
    for pointer, _, known in objects_in(content["schema"], deepcopy(content["example"])):
        yield from ((pointer, name) for name in sorted(NAMES - known))


def body_with(operation: Operation, fields: Sequence[tuple[str, str]]) -> Any:
    """The example of a body, with these fields in its objects."""
    content = content_of(operation)
    body = deepcopy(content["example"])
    objects = {pointer: found for pointer, found, _ in objects_in(content["schema"], body)}
    for pointer, name in fields:
        objects[pointer][name] = "admin"
    return body


def batched(fields: Sequence[tuple[str, str]], size: int) -> Iterator[Sequence[tuple[str, str]]]:
    for start in range(0, len(fields), size):
        yield fields[start : start + size]


def test_a_collector_cannot_become_an_admin(town: Town):
    account = {"email": "eve@example.net", "handle": "eve", "password": "correct horse battery"}
    refused = town.send("POST", "/v1/users", json={**account, "role": "admin"})
    assert refused.status_code == 400
    made = town.send("POST", "/v1/users", json=account)
    assert made.json()["role"] == "collector"
