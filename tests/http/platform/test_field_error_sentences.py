"""What is wrong with a value is said in plain English, with the choices and the bounds."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.field_error_sentences import sentence_of
from ece_entrypoints.wiring.exchange import Exchange
from tests.http.conftest import Client, client_of


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


TIME = "The value must be a time with an offset (RFC 3339), such as 2026-01-31T12:00:00Z."


@pytest.mark.parametrize(
    ("value", "kind", "sentence"),
    [
        ("x", int, "The value must be an integer, not a string."),
        ("x", int | None, "The value must be an integer or null, not a string."),
        ([], dict, "The value must be an object, not an array."),
        (None, bool, "The value must be a boolean, not null."),
        (101, Annotated[int, Meta(le=100)], "The value must be at most 100."),
        (0, Annotated[int, Meta(ge=1)], "The value must be at least 1."),
        ("", Annotated[str, Meta(min_length=1)], "The value must have at least 1 character."),
        ([1], Annotated[list[int], Meta(max_length=0)], "The value must have at most 0 items."),
        (
            "a",
            Annotated[str, Meta(pattern="^[0-9]+$")],
            "The value must match the pattern ^[0-9]+$.",
        ),
        ("x", datetime, TIME),
        ("2026-01-01T00:00:00", Annotated[datetime, Meta(tz=True)], TIME),
        ("x", UUID, "The value must be a UUID."),
        ("green", Color, "The value must be one of: red, blue."),
        ("green", Color | None, "The value must be one of: red, blue."),
        (["green"], list[Color], "The value must be one of: red, blue."),
        ("green", Literal["red"], "The value must be one of: red."),
        (3, Annotated[int, Meta(multiple_of=2)], "Expected `int` that's a multiple of 2"),
    ],
)
def test_a_sentence_names_the_allowed_values(value: object, kind: Any, sentence: str):
    with pytest.raises(msgspec.ValidationError) as refusal:
        msgspec.convert(value, kind)
    message = str(refusal.value).partition(" - at ")[0]
    assert sentence_of(message, kind) == sentence


def test_unknown_choices_are_not_invented():
    assert sentence_of("Invalid enum value 'x'", None) == "The value is not a choice."


@pytest.mark.parametrize("query", ["listings?sort=cheap", "printings?sort=cheap"])
async def test_the_error_of_a_parameter_has_the_choices(exchange: Exchange, query: str):
    async with client_of(create_app(exchange)) as client:
        (fault,) = (await client.get(f"/v1/{query}")).json()["errors"]
    assert fault["code"] == "not-a-choice"
    assert fault["detail"].startswith("The value must be one of: ")


async def test_the_error_of_a_field_has_the_bound(client: Client, ann: dict[str, str]):
    body = {"price": {"amount": 1, "asset": "USD/2"}, "note": "x" * 41}
    answer = await client.post("/v1/offers", json=body, headers={**ann, "Idempotency-Key": "k"})
    (fault,) = answer.json()["errors"]
    assert fault["detail"] == "The value must have at most 40 characters."
