"""Makes a world from a seed, lets it live, and says what it met."""

import random
from collections import Counter
from collections.abc import Callable

from attrs import frozen

from .ledger_life import LedgerLife
from .market_life import MarketLife
from .seeded_loop import SeededLoop, run_seeded
from .world import Violated, World

ACTIONS = 60


@frozen
class Lived:
    """What a world came to."""

    digest: int
    steps: int
    counts: Counter[str]
    faults: Counter[str]


def live(seed: int, actions: int = ACTIONS, trace: Callable[[str], None] | None = None) -> Lived:
    """:raises Violated: if a promise was broken; its notes hold the command that shows it again."""
    chance = random.Random(seed)

    async def main(loop: SeededLoop) -> World:
        world = World(chance, loop, trace=trace)
        await world.set_up(LedgerLife(world), MarketLife(world))
        await world.live(actions)
        return world

    try:
        world, loop = run_seeded(chance, main)
    except Violated as violated:
        violated.add_note(f"python -m tests.simulation --seed {seed} --worlds 1")
        raise
    return Lived(loop.digest, loop.steps, world.counts, world.store.faults)
