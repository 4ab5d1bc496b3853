"""Makes a world from a seed, lets it live, and says what it met."""

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
from .seeded_loop import SeededLoop, run_seeded
from .world import Violated, World

CONTEXTS = (LedgerLife, MarketLife, IdentityLife, CardsLife, DealsLife, EventsLife)
ACTIONS = 96


@frozen
class Lived:
    """What a world came to."""

    digest: int
    counts: Counter[str]


def live(seed: int, actions: int = ACTIONS, trace: Callable[[str], None] | None = None) -> Lived:
    """:raises Violated: if a promise was broken; its notes hold the command that shows it again."""
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
    """What to paste into a shell to see a world again."""
    more = "" if actions == ACTIONS else f" --actions {actions}"
    return f"python -m tests.simulation --seed {seed} --worlds 1{more}"
