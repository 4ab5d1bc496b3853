"""A use case that met a concurrent change is called again, within bounds."""

import pytest
from attrs import define, field

from ece_domain.kernel import ConcurrentChange, NotFound
from ece_entrypoints.wiring.retry_on_conflict import MAX_PAUSE_SECONDS, MAX_TRIES, RetryOnConflict


@define
class Contended:
    """Meets a concurrent change so many times, then gives the number of its calls."""

    rivals: int
    refusal: type[Exception] = ConcurrentChange
    calls: int = 0
    pauses: list[float] = field(factory=list)

    async def __call__(self, **facts: object) -> int:
        self.calls += 1
        if self.calls <= self.rivals:
            raise self.refusal
        return self.calls

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    @property
    def retried(self) -> RetryOnConflict:
        return RetryOnConflict(self, chance=max, sleep=self.sleep)


async def test_calls_once_when_nobody_is_in_the_way():
    case = Contended(rivals=0)
    assert await case.retried(listing="l") == 1
    assert case.pauses == []


async def test_calls_again_until_nobody_was_faster():
    case = Contended(rivals=MAX_TRIES - 1)
    assert await case.retried() == MAX_TRIES


async def test_gives_up_in_the_end():
    case = Contended(rivals=MAX_TRIES)
    with pytest.raises(ConcurrentChange):
        await case.retried()
    assert case.calls == MAX_TRIES


async def test_pauses_double_up_to_a_limit_of_chance():
    case = Contended(rivals=MAX_TRIES - 1)
    await case.retried()
    assert case.pauses == sorted(case.pauses)
    assert len(set(case.pauses)) == MAX_TRIES - 1
    assert max(case.pauses) <= MAX_PAUSE_SECONDS


async def test_does_not_retry_what_can_never_succeed():
    case = Contended(rivals=1, refusal=NotFound)
    with pytest.raises(NotFound):
        await case.retried()
    assert case.calls == 1


async def test_leaves_it_to_the_caller_who_named_a_version():
    case = Contended(rivals=1)
    with pytest.raises(ConcurrentChange):
        await case.retried(expected_version=3)
    assert case.calls == 1
