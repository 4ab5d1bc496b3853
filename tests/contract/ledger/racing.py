"""Runs races: concurrent attempts, with each outcome counted by its name."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

import asyncpg
from attrs import frozen

from ece_adapters.postgres import PostgresDatabase
from ece_domain.kernel import ConcurrentChange, DomainError
from tests.tally import SCALE, Tally

RACERS = 64

WON = "won"
REPLAYED = "replayed"
DEADLOCK = "deadlock"
ABORTED = ConcurrentChange.code

Run: TypeAlias = Callable[[PostgresDatabase, int], Awaitable[Counter[str]]]
"""Runs a race with a number in its names, checks its promise, and returns its outcomes."""


@frozen
class Race:
    """A race, the number of runs in ``make test``, and the attempts per run.

    :param seen: the outcomes that must occur at least once, besides a success.
    """

    run: Run
    rounds: int
    attempts: int
    seen: tuple[str, ...] = ()

    async def __call__(self, postgres: PostgresDatabase, tally: Tally) -> None:
        rounds = self.rounds * SCALE
        seen: Counter[str] = Counter()
        for number in range(rounds):
            seen += await self.run(postgres, number)
        tally.count("races", rounds)
        tally.count("attempts", seen.total(), at_least=self.attempts * rounds)
        for kind in sorted(seen.keys() | {WON, *self.seen}):
            tally.count(kind, seen[kind], at_least=SCALE if kind in {WON, *self.seen} else 0)
        tally.count("deadlocks", seen[DEADLOCK])
        assert not seen[DEADLOCK]


async def outcomes(attempts: Iterable[Awaitable[object]]) -> Counter[str]:
    """The number of each error and each success."""
    return Counter(await asyncio.gather(*map(outcome, attempts)))


async def outcomes_in_turn(attempts: Iterable[Awaitable[object]]) -> Counter[str]:
    """The same for one worker that runs all attempts in sequence."""
    return Counter([await outcome(attempt) for attempt in attempts])


async def outcome(attempt: Awaitable[object]) -> str:
    """Other exceptions are counted by the name of their class."""
    try:
        answer = await attempt
    except DomainError as refusal:
        is_deadlock = isinstance(refusal.__cause__, asyncpg.DeadlockDetectedError)
        return DEADLOCK if is_deadlock else refusal.code
    except Exception as error:  # noqa: BLE001 - whatever it is, the race's promise names it
        return type(error).__name__
    return REPLAYED if getattr(answer, "is_replayed", False) else WON
