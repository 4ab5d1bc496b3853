"""A keyed request is done once in every store, whatever the use case."""

import asyncio
from uuid import UUID, uuid4

import pytest
from attrs import frozen

from ece_domain.kernel import KeyReused, Request, RequestKey, answer_once


@frozen
class Greeting:
    id: UUID
    text: str


def a_request(actor: UUID, key: str = "one", *content: object) -> Request:
    return Request.of(actor, RequestKey(key), "test.greet", *content)


class Greeter:
    """An effect that counts its runs."""

    def __init__(self) -> None:
        self.runs = 0

    async def __call__(self, transaction: object) -> Greeting:
        self.runs += 1
        return Greeting(uuid4(), f"hello {self.runs}")


async def test_the_first_answer_is_given_again(database):
    actor = uuid4()
    first = await answer_once(database.begin, a_request(actor), Greeting, Greeter())
    again = await answer_once(database.begin, a_request(actor), Greeting, Greeter())

    assert not first.replayed
    assert again.replayed
    assert again.value == first.value


async def test_s21_refuses_the_same_key_for_another_request(database):
    actor = uuid4()
    await answer_once(database.begin, a_request(actor, "one", 1), Greeting, Greeter())

    with pytest.raises(KeyReused):
        await answer_once(database.begin, a_request(actor, "one", 2), Greeting, Greeter())


async def test_actors_do_not_share_their_keys(database):
    first = await answer_once(database.begin, a_request(uuid4()), Greeting, Greeter())
    other = await answer_once(database.begin, a_request(uuid4()), Greeting, Greeter())

    assert not other.replayed
    assert other.value != first.value


async def test_a_refused_request_may_be_tried_again_under_its_key(database):
    actor = uuid4()

    async def refuse(transaction: object) -> Greeting:
        raise KeyReused

    with pytest.raises(KeyReused):
        await answer_once(database.begin, a_request(actor), Greeting, refuse)

    answer = await answer_once(database.begin, a_request(actor), Greeting, Greeter())
    assert not answer.replayed


async def test_of_many_at_the_same_time_one_runs_and_all_get_its_answer(database):
    request = a_request(uuid4())
    answers = await asyncio.gather(
        *(answer_once(database.begin, request, Greeting, Greeter()) for _ in range(12))
    )

    assert len({answer.value for answer in answers}) == 1
    assert [answer.replayed for answer in answers].count(False) == 1
