"""However long and wrong an input is, refusing it takes little time and a short answer."""

import json
from collections.abc import Callable
from time import thread_time
from typing import Any

import pytest

from ece_domain.kernel import DomainError
from ece_entrypoints.http.cards.card_sets import CardSetCreate
from ece_entrypoints.http.identity.identity import AccountCreate
from ece_entrypoints.http.platform.field_errors import MAX_FAULTS, InvalidBody, did_you_mean
from ece_entrypoints.http.platform.json_body import read
from ece_entrypoints.http.platform.problems import problem_of
from tests.hostile.long_requests import BODIES, CARD_SETS, numbered
from tests.http.conftest import Client

LONGEST_SECONDS = 0.05
"""The processor time of the event loop that one request may take without a break."""
SHORT = 10_000
"""Bytes of an answer."""
WORST = {**BODIES, **CARD_SETS}


def refusal_of(body: bytes) -> DomainError | None:
    try:
        read(body, CardSetCreate if body in CARD_SETS.values() else AccountCreate)
    except DomainError as error:
        return error
    return None


def seconds(work: Callable[[], object]) -> float:
    """The processor time of this thread, the best of three: neighbors disturb it little."""

    def once() -> float:
        started = thread_time()
        work()
        return thread_time() - started

    return min(once() for _ in range(3))


@pytest.mark.parametrize("body", WORST.values(), ids=WORST)
def test_no_body_keeps_the_event_loop_for_50_ms(body: bytes):
    assert seconds(lambda: refusal_of(body)) < LONGEST_SECONDS


@pytest.mark.parametrize("body", WORST.values(), ids=WORST)
def test_no_body_gets_a_long_answer(body: bytes):
    error: Any = refusal_of(body)
    assert len(repr(problem_of(error, "/v1/users"))) < SHORT


def test_the_first_20_faults_are_listed_and_the_rest_counted():
    refusal = refusal_of(numbered("%x"))
    assert isinstance(refusal, InvalidBody)
    *told, last = refusal.errors
    assert len(told) == MAX_FAULTS
    assert [fault.code for fault in told[:4]] == ["missing", "missing", "missing", "unknown"]
    assert (last.code, last.detail) == ("more", "There are more faults.")


def test_20_faults_are_all_listed():
    refusal = refusal_of(json.dumps({f"key-{number}": 0 for number in range(17)}).encode())
    assert isinstance(refusal, InvalidBody)
    assert len(refusal.errors) == MAX_FAULTS
    assert "more" not in {fault.code for fault in refusal.errors}


def test_a_list_that_is_too_long_is_one_fault():
    refusal = refusal_of(WORST["empty rarities"])
    assert isinstance(refusal, InvalidBody)
    told = {fault.pointer: fault.detail for fault in refusal.errors}
    assert told == {
        "#/rarities": "The value must have at most 100 items.",
        "#/finishes": "The value must have at least 1 item.",
    }


def test_a_long_key_is_shortened():
    refusal = refusal_of(WORST["one long key"])
    assert isinstance(refusal, InvalidBody)
    unknown = refusal.errors[-1]
    assert unknown.pointer == "#/" + "a" * 63 + "\N{HORIZONTAL ELLIPSIS}"


def test_a_long_name_is_not_compared():
    assert did_you_mean("emial", frozenset({"email"})) == "; did you mean 'email'?"
    assert did_you_mean("email" * 9, frozenset({"email" * 8})) == "."


async def test_of_5200_unknown_parameters_20_are_listed(client: Client):
    query = "&".join(f"limi{number}=1" for number in range(5_200))
    answer = await client.get(f"/v1/offers?{query}")
    *told, last = answer.json()["errors"]
    assert len(told) == MAX_FAULTS
    assert last == {"code": "more", "detail": "There are more faults."}
    assert len(answer.content) < SHORT


async def test_a_long_name_of_a_parameter_is_shortened(client: Client):
    answer = await client.get(f"/v1/offers?{'a' * 50_000}=1")
    (fault,) = answer.json()["errors"]
    assert fault["parameter"] == "a" * 63 + "\N{HORIZONTAL ELLIPSIS}"


async def test_a_long_media_type_is_shortened(client: Client, ann: dict[str, str]):
    headers = {**ann, "Idempotency-Key": "1", "Content-Type": "a" * 50_000}
    answer = await client.post("/v1/offers", content=b"{}", headers=headers)
    assert answer.json()["given"] == "a" * 63 + "\N{HORIZONTAL ELLIPSIS}"
