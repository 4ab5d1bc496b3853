"""A keyed request runs once in every store, for any use case."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from attrs import frozen

from ece_domain.kernel import (
    IdempotencyKey,
    IdempotencyKeyReused,
    IdempotentRequest,
    PruneIdempotencyRecords,
    StoredAs,
    run_once,
)


@frozen
class Greeting:
    id: UUID
    text: str


def a_request(actor: UUID, key: str = "one", *content: object) -> IdempotentRequest:
    return IdempotentRequest.of(actor, IdempotencyKey(key), "test.greet", *content)


class Greeter:
    """An effect that counts its runs."""

    def __init__(self) -> None:
        self.runs = 0

    async def __call__(self, transaction: object) -> Greeting:
        self.runs += 1
        return Greeting(uuid4(), f"hello {self.runs}")


async def test_the_first_answer_is_given_again(database):
    actor = uuid4()
    first = await run_once(database.begin, a_request(actor), Greeting, Greeter())
    again = await run_once(database.begin, a_request(actor), Greeting, Greeter())

    assert not first.is_replayed
    assert again.is_replayed
    assert again.value == first.value


async def test_s21_refuses_the_same_key_for_another_request(database):
    actor = uuid4()
    await run_once(database.begin, a_request(actor, "one", 1), Greeting, Greeter())

    with pytest.raises(IdempotencyKeyReused):
        await run_once(database.begin, a_request(actor, "one", 2), Greeting, Greeter())


async def test_actors_do_not_share_their_keys(database):
    first = await run_once(database.begin, a_request(uuid4()), Greeting, Greeter())
    other = await run_once(database.begin, a_request(uuid4()), Greeting, Greeter())

    assert not other.is_replayed
    assert other.value != first.value


async def test_a_refused_request_may_be_tried_again_under_its_key(database):
    actor = uuid4()

    async def refuse(transaction: object) -> Greeting:
        raise IdempotencyKeyReused

    with pytest.raises(IdempotencyKeyReused):
        await run_once(database.begin, a_request(actor), Greeting, refuse)

    answer = await run_once(database.begin, a_request(actor), Greeting, Greeter())
    assert not answer.is_replayed


async def test_of_many_at_the_same_time_one_runs_and_all_get_its_answer(database):
    request = a_request(uuid4())
    answers = await asyncio.gather(
        *(run_once(database.begin, request, Greeting, Greeter()) for _ in range(12))
    )

    assert len({answer.value for answer in answers}) == 1
    assert [answer.is_replayed for answer in answers].count(False) == 1


async def test_a_result_may_be_stored_as_a_smaller_value(database):
    greetings = {}

    def keep(greeting: Greeting) -> UUID:
        greetings[greeting.id] = greeting
        return greeting.id

    async def read_again(transaction: object, id_: UUID) -> Greeting:
        return greetings[id_]

    request, kept = a_request(uuid4()), StoredAs(UUID, keep, read_again)
    first = await run_once(database.begin, request, Greeting, Greeter(), kept)
    again = await run_once(database.begin, request, Greeting, Greeter(), kept)

    assert again.is_replayed
    assert again.value == first.value
    async with database.begin() as transaction:
        assert await transaction.idempotency_records.recall(request, UUID) == first.value.id


async def test_answers_are_deleted_once_they_are_older_than_the_retention(database):
    for number in range(3):
        await run_once(database.begin, a_request(uuid4(), str(number)), Greeting, Greeter())
    request = a_request(uuid4())
    await run_once(database.begin, request, Greeting, Greeter())

    def prune(later: timedelta) -> PruneIdempotencyRecords:
        return PruneIdempotencyRecords(
            database.begin, lambda: datetime.now(UTC) + later, timedelta(days=30)
        )

    assert await prune(timedelta(days=29))() == 0
    assert (await run_once(database.begin, request, Greeting, Greeter())).is_replayed
    assert await prune(timedelta(days=31))() == 4
    assert await prune(timedelta(days=31))() == 0
    assert not (await run_once(database.begin, request, Greeting, Greeter())).is_replayed


async def test_answers_are_deleted_the_oldest_first_and_no_more_than_asked(database):
    requests = [a_request(uuid4(), str(number)) for number in range(5)]
    for request in requests:
        await run_once(database.begin, request, Greeting, Greeter())
    async with database.begin() as transaction:
        later = datetime.now(UTC) + timedelta(hours=1)
        assert await transaction.idempotency_records.prune(later, 2) == 2

    async with database.begin() as transaction:
        left = [await transaction.idempotency_records.recall(each, Greeting) for each in requests]
    assert [answer is None for answer in left] == [True, True, False, False, False]
