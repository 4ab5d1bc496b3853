"""The application behaves as the committed OpenAPI document says.

Schemathesis generates valid and invalid requests from the document; most of their ids are those of
existing objects.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from attrs import asdict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from ece_domain.identity import Role
from tests.hostile.inspector import DOCUMENT, OPERATIONS, Operation
from tests.hostile.town import Town
from tests.tally import SCALE, Tally

EXAMPLES = 15 * SCALE
OF_FORM = {"http.invalid-body", "http.invalid-parameters", "http.malformed-body"}
CREDENTIALS = {"logIn", "refreshSession"}
"""Operations that no generated request can pass."""
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


@pytest.mark.timeout(300 * SCALE)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_the_document_and_the_application_agree(town: Town, operation: Operation, tally: Tally):
    bank, boss = town.sign_up("bank", Role.SERVICE), town.sign_up("boss", Role.ADMIN)
    there = [
        asdict(town.furnish(each, name, bank, boss))
        for each, name in ((boss, "boss"), (bank, "bank"))
    ]
    described = SCHEMA[operation.path][operation.method]
    statuses = Counter[int]()

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
        known=st.sampled_from([*there, {}]),
    )
    def agree(*, case: Any, known: Mapping[str, str]) -> None:
        if known:
            speak_of(known, case, town)
        answer = send(town, case, boss.headers)
        statuses[answer.status_code] += 1
        town.inspector.look(answer)
        case.validate_response(
            answer,
            additional_checks=[form_is_taken],
            excluded_checks=[positive_data_acceptance, ignored_auth],
        )

    agree()
    varies = bool(operation.facts.get("parameters") or "requestBody" in operation.facts)
    taken = sum(times for status, times in statuses.items() if status < 400)
    tally.count("requests from the document", statuses.total(), at_least=EXAMPLES if varies else 2)
    sure = operation.id not in CREDENTIALS and SCALE > 10
    tally.count("of them taken", taken, at_least=int(sure))


def speak_of(known: Mapping[str, str], case: Any, town: Town) -> None:
    """Put ids of existing objects into a request."""
    for parameter in case.path_parameters:
        case.path_parameters[parameter] = known[parameter]
    if "If-Match" in case.headers:
        case.headers["If-Match"] = town.tag_of(case.formatted_path)
    if case.meta.generation.mode.is_positive and isinstance(case.body, dict):
        name = town.fresh("new")
        people = dict.fromkeys(
            ("destination_id", "owner_id", "issuer_id", "creator_id"), known["user_id"]
        )
        new = {"email": f"{name}@example.com", "handle": name.replace("-", "_"), "code": name}
        if "scale" in case.body:
            new |= {"scale": "tcgplayer", "code": "NM"}
        words = {"asset": "USD/2", "rarity": "rare", "finish": "rare"}
        case.body = told(case.body, {**known, **people, **new, **words})


def told(body: Any, known: Mapping[str, str]) -> Any:
    match body:
        case dict():
            return {
                key: known[key] if key in known and isinstance(each, str) else told(each, known)
                for key, each in body.items()
            }
        case list():
            return [told(each, known) for each in body]
    return body


def form_is_taken(_: object, response: Any, case: Any) -> None:
    """Replaces ``positive_data_acceptance``, as a business rule may refuse valid JSON."""
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
