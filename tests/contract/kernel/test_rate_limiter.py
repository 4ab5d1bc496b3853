"""What every rate limiter promises. ``LIMITERS`` names the adapters once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece_adapters.memory.engine.rate_limiter import MemoryRateLimiter
from ece_domain.kernel import RateLimit, RateLimited, RateLimiter, RateLimitUse
from tests.clock import SettableClock

LIMITERS: Final[dict[str, Callable[[SettableClock], RateLimiter]]] = {"memory": MemoryRateLimiter}

MINUTE = timedelta(minutes=1)
SIX = RateLimit("six", 6, MINUTE)
TWO = RateLimit("two", 2, MINUTE)


@pytest.fixture(params=LIMITERS)
def limiter(request: pytest.FixtureRequest, clock: SettableClock) -> RateLimiter:
    return LIMITERS[request.param](clock)


async def test_allows_the_quota_at_once_and_no_more(limiter):
    ann = RateLimitUse(SIX, "ann")
    remaining = [(await limiter.acquire(ann)).statuses[0].remaining for _ in range(6)]
    assert remaining == [5, 4, 3, 2, 1, 0]

    (refused,) = (await limiter.acquire(ann)).refused
    assert (refused.remaining, refused.retry_after) == (0, MINUTE / 6)
    assert refused.reset_after == MINUTE


async def test_gives_one_unit_back_each_interval(limiter, clock):
    ann = RateLimitUse(SIX, "ann")
    for _ in range(6):
        await limiter.acquire(ann)
    clock.advance(seconds=9, microseconds=999_999)
    assert (await limiter.acquire(ann)).refused
    clock.advance(microseconds=1)
    assert not (await limiter.acquire(ann)).refused
    assert (await limiter.acquire(ann)).refused


async def test_an_idle_partition_has_its_quota_again_and_no_more(limiter, clock):
    ann = RateLimitUse(SIX, "ann")
    await limiter.acquire(ann)
    clock.advance(days=1)
    allowed = [not (await limiter.acquire(ann)).refused for _ in range(7)]
    assert allowed == [True] * 6 + [False]


async def test_counts_partitions_and_limits_apart(limiter):
    for _ in range(2):
        await limiter.acquire(RateLimitUse(TWO, "ann"))
    assert (await limiter.acquire(RateLimitUse(TWO, "ann"))).refused
    assert not (await limiter.acquire(RateLimitUse(TWO, "bob"))).refused
    assert not (await limiter.acquire(RateLimitUse(SIX, "ann"))).refused


async def test_uses_all_limits_or_none(limiter):
    both = RateLimitUse(SIX, "ann"), RateLimitUse(TWO, "ann")
    for _ in range(2):
        await limiter.acquire(*both)
    decision = await limiter.acquire(*both)
    assert [status.limit for status in decision.statuses] == [SIX, TWO]
    assert [status.limit for status in decision.refused] == [TWO]
    assert decision.statuses[0].remaining == 4

    (left,) = (await limiter.acquire(RateLimitUse(SIX, "ann"))).statuses
    assert left.remaining == 3


async def test_a_refusal_costs_nothing(limiter, clock):
    ann = RateLimitUse(TWO, "ann")
    for _ in range(50):
        await limiter.acquire(ann)
    clock.advance(seconds=30)
    assert not (await limiter.acquire(ann)).refused


async def test_of_many_at_once_exactly_the_quota_is_allowed(limiter):
    decisions = await asyncio.gather(
        *(limiter.acquire(RateLimitUse(SIX, "ann")) for _ in range(50))
    )
    assert [bool(each.refused) for each in decisions].count(False) == 6


async def test_without_a_limit_everything_is_allowed(limiter):
    assert not (await limiter.acquire()).refused


async def test_the_error_names_the_limit_with_the_longest_wait(limiter):
    both = RateLimitUse(SIX, "ann"), RateLimitUse(TWO, "ann")
    for _ in range(4):
        await limiter.acquire(both[0])
    for _ in range(2):
        await limiter.acquire(*both)
    with pytest.raises(RateLimited) as refused:
        (await limiter.acquire(*both)).check()
    assert refused.value.details == {
        "limit": "two",
        "quota": 2,
        "window_seconds": 60,
        "retry_after_seconds": 30,
    }


@pytest.mark.parametrize("quota", [7, 10, 11, 1000])
async def test_an_interval_of_a_fraction_of_a_microsecond_costs_no_unit(limiter, quota):
    use = RateLimitUse(RateLimit("odd", quota, MINUTE), "ann")
    allowed = [not (await limiter.acquire(use)).refused for _ in range(quota + 1)]
    assert allowed == [True] * quota + [False]


@pytest.mark.parametrize("name", LIMITERS)
@given(pauses=st.lists(st.integers(0, 40_000_000), max_size=40))
async def test_in_no_window_more_is_allowed_than_the_quota_and_what_comes_back(name, pauses):
    """The bound of GCRA: within any span, the quota and one unit per interval of the span."""
    clock = SettableClock()
    limiter = LIMITERS[name](clock)
    allowed = []
    for pause in pauses:
        clock.advance(microseconds=pause)
        if not (await limiter.acquire(RateLimitUse(SIX, "ann"))).refused:
            allowed.append(clock())
    for first, start in enumerate(allowed):
        for last, end in enumerate(allowed[first:], first):
            assert last - first + 1 <= SIX.quota + (end - start) / (MINUTE / 6)


async def test_memory_forgets_partitions_that_have_their_quota_again(clock):
    limiter = MemoryRateLimiter(clock)
    for number in range(100):
        await limiter.acquire(RateLimitUse(SIX, str(number)))
    clock.advance(minutes=1)
    for _ in range(50):
        await limiter.acquire(RateLimitUse(SIX, "ann"))
    assert len(limiter) == 1


async def test_memory_keeps_a_bounded_number_of_partitions(clock):
    limiter = MemoryRateLimiter(clock, max_partitions=10)
    for number in range(100):
        await limiter.acquire(RateLimitUse(SIX, str(number)), RateLimitUse(TWO, str(number)))
        await limiter.acquire(RateLimitUse(SIX, "always there"))
    assert len(limiter) == 10
    assert (await limiter.acquire(RateLimitUse(SIX, "always there"))).refused
