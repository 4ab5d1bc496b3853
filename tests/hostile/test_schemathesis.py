"""The committed OpenAPI document against the application: what it says is what happens.

Schemathesis makes the requests, good ones and twisted ones, from the document alone; half of the
time the ids in them are those of something that is there.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from ece_domain.identity import Role
from tests.hostile.inspector import DOCUMENT, OPERATIONS, Operation
from tests.hostile.town import Town

EXAMPLES = 15
OF_FORM = {"http.invalid-body", "http.invalid-parameters", "http.malformed-body"}
CONFIG = SchemathesisConfig.from_str("""
[generation]
# NUL and half characters are refused in every text; no schema needs to say so.
allow-x00 = false
with-security-parameters = false

[checks.negative_data_rejection]
# 412 too: an If-Match of another form is like one of another version.
expected-statuses = [400, 401, 403, 404, 409, 412, 422, 428]
""")
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_the_document_and_the_application_agree(town: Town, operation: Operation):
    bank, boss = town.sign_up("bank", Role.SERVICE), town.sign_up("boss", Role.ADMIN)
    there = town.furnish(boss, "boss", bank, boss)
    described = SCHEMA[operation.path][operation.method]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of(
            described.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode
        ),
        known=st.booleans(),
    )
    def agree(*, case: Any, known: bool) -> None:
        for name in case.path_parameters if known else ():
            case.path_parameters[name] = getattr(there, name)
        answer = send(town, case, boss.headers)
        town.inspector.look(answer)
        case.validate_response(
            answer,
            additional_checks=[form_is_taken],
            excluded_checks=[positive_data_acceptance, ignored_auth],
        )

    agree()


def form_is_taken(_: object, response: Any, case: Any) -> None:
    """Stands in for ``positive_data_acceptance``: a rule of the business may refuse good JSON."""
    if case.meta.generation.mode.is_positive and response.status_code == 400:
        assert response.json()["code"] not in OF_FORM, response.text


def send(town: Town, case: Any, headers: dict[str, str]) -> Any:
    asked = case.as_transport_kwargs(base_url="http://ece.test", headers=headers)
    asked.pop("cookies")
    if "json" in asked:
        asked["json"] = whole(asked["json"])
    if "data" in asked:
        asked["content"] = asked.pop("data")
    return town.run(town.client.request(**asked))


def whole(value: Any) -> Any:
    """Whole numbers without a point: ``437.0`` is an integer to JSON Schema, but not to ECE."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {key: whole(each) for key, each in value.items()}
        case list():
            return [whole(each) for each in value]
    return value
