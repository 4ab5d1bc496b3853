"""Runs one simulated world from a seed, and reports what happened."""

import random
from collections import Counter
from collections.abc import Callable

from attrs import frozen

from .cards_life import CardsLife
from .deals_life import DealsLife
from .events_life import EventsLife
from .identity_life import IdentityLife
from .ledger_life import LedgerLife
from .market_life import MarketLife
from .moderation_life import ModerationLife
from .seeded_loop import SeededLoop, run_seeded
from .world import Violated, World

CONTEXTS = (LedgerLife, MarketLife, IdentityLife, CardsLife, DealsLife, EventsLife, ModerationLife)
ACTIONS = 96


@frozen
class Lived:
    """The result of a world."""

    digest: int
    counts: Counter[str]


def live(seed: int, actions: int = ACTIONS, trace: Callable[[str], None] | None = None) -> Lived:
    """:raises Violated: if an invariant was violated; its notes have the command to repeat it."""
    chance = random.Random(seed)

    async def main(loop: SeededLoop) -> World:
        world = World(chance, loop, trace=trace)
        await world.set_up(*(context(world) for context in CONTEXTS))
        await world.live(actions)
        return world

    try:
        world, digest = run_seeded(chance, main)
    except Violated as violated:
        violated.add_note(command(seed, actions))
        raise
    return Lived(digest, world.counts + world.store.faults)


def command(seed: int, actions: int = ACTIONS) -> str:
    """The command that repeats a world."""
    more = "" if actions == ACTIONS else f" --actions {actions}"
    return f"python -m tests.simulation --seed {seed} --worlds 1{more}"
