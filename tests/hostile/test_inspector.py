"""The checks of responses find each planted fault."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.hostile.inspector import PROBLEM, Inspector, LeakedData, Undocumented
from tests.hostile.town import UNKNOWN

PROFILE = {"id": str(UNKNOWN), "handle": "ann", "created_at": "2026-07-01T12:00:00Z"}
MISSING = {
    "type": "/docs/errors/identity.user-not-found",
    "title": "User not found",
    "status": 404,
    "detail": "The user does not exist.",
    "code": "identity.user-not-found",
    "instance": "/v1/users/ann",
}


def answer(body: Any, status: int = 200, path: str = "/v1/users/ann") -> httpx2.Response:
    headers = {"Content-Type": "application/json" if status == 200 else PROBLEM}
    request = httpx2.Request("GET", f"http://ece.test{path}")
    made = httpx2.Response(status, json=body, headers=headers, request=request)
    made.elapsed = timedelta(0)
    return made


@pytest.mark.parametrize(
    "sound",
    [
        answer(PROFILE),
        answer(MISSING, 404),
        answer({**MISSING, "code": "http.not-found"}, 404, "/v1/nowhere"),
    ],
)
def test_lets_a_documented_answer_pass(sound: httpx2.Response):
    inspector = Inspector()
    inspector.look(sound)
    assert inspector.seen.total() == 1


@pytest.mark.parametrize(
    "planted",
    [
        answer({**MISSING, "status": 500}, 500),
        answer({**MISSING, "code": "kernel.idempotency-key-reused"}, 404),
        answer({**MISSING, "code": "identity.user-not-found"}, 404, "/v1/nowhere"),
        answer({**MISSING, "status": 410}, 410),
        answer({}, 200, "/v1/nowhere"),
    ],
)
def test_stops_an_answer_that_is_not_documented(planted: httpx2.Response):
    with pytest.raises(Undocumented):
        Inspector().look(planted)


@pytest.mark.parametrize("body", [{"handle": "ann"}, {**PROFILE, "handle": 5}])
def test_stops_an_answer_that_is_not_like_its_schema(body: object):
    with pytest.raises(Exception, match="schema"):
        Inspector().look(answer(body))


@pytest.mark.parametrize(
    "planted",
    [
        {**PROFILE, "email": "somebody"},
        {**PROFILE, "more": [{"password_hash": "x"}]},
        {**PROFILE, "handle": "ann@example.com"},
    ],
)
def test_finds_a_response_with_data_of_others(planted: object):
    with pytest.raises(LeakedData):
        Inspector(private={"ann@example.com"}).look(answer(planted))
