"""A use case that met a concurrent change is called again, within bounds."""

import pytest
from attrs import define, field

from ece_domain.kernel import ConcurrentChange, NotFound
from ece_entrypoints.wiring.retry_on_conflict import MAX_PAUSE_SECONDS, MAX_TRIES, RetryOnConflict


@define
class Contended:
    """Raises a concurrent change a number of times, then returns the number of its calls."""

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


async def test_calls_once_without_a_conflict():
    case = Contended(rivals=0)
    assert await case.retried(listing="l") == 1
    assert case.pauses == []


async def test_calls_again_until_there_is_no_conflict():
    case = Contended(rivals=MAX_TRIES - 1)
    assert await case.retried() == MAX_TRIES


async def test_raises_after_the_last_retry():
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


async def test_does_not_retry_other_errors():
    case = Contended(rivals=1, refusal=NotFound)
    with pytest.raises(NotFound):
        await case.retried()
    assert case.calls == 1


async def test_does_not_retry_a_call_with_an_expected_version():
    case = Contended(rivals=1)
    with pytest.raises(ConcurrentChange):
        await case.retried(expected_version=3)
    assert case.calls == 1
