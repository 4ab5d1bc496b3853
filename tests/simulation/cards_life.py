"""Issuers: several servers mint cards of one printing at the same time."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from attrs import define, field

from ece_domain.cards import (
    MintCards,
    Minted,
    PrintingId,
)
from ece_domain.identity import Actor, Role
from ece_domain.kernel import ConcurrentChange, IdempotentResult, LockTimeout

from .card_supply import card_set_with_printing
from .process import Process
from .world import Violated, World, at_once

PRINT_RUN = 25


@define(eq=False)
class CardsLife:
    """Concurrent mints of one printing: none is refused because of another."""

    share = 2

    world: World
    printing_id: PrintingId = field(init=False)

    async def start(self, process: Process) -> SimpleNamespace:
        world = self.world
        mint_cards = MintCards(world.store.begin, world.clock, world.new_id)

        async def mint(**content: Any) -> IdempotentResult[Minted]:
            try:
                return await mint_cards(**content)
            except LockTimeout:
                raise
            except ConcurrentChange as refusal:
                raise Violated("a minting was refused because of another") from refusal

        return SimpleNamespace(mint=mint)

    async def set_up(self) -> None:
        world = self.world
        card_set, printing = card_set_with_printing(world, "minted", print_run=PRINT_RUN)
        async with world.store.begin() as transaction:
            transaction.card_sets.save(card_set)
            transaction.printings.save(printing)
        self.printing_id = printing.id

    def actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (self.mint, partial(at_once_twice, self.mint))

    async def mint(self) -> None:
        world = self.world
        issuer = Actor(world.users[0], Role.COLLECTOR)
        copies = world.chance.choice((1, 1, 2))
        await world.ask(
            self,
            "mint",
            printing_id=self.printing_id,
            copies=copies,
            owner_id=issuer.id,
            actor=issuer,
        )

    def check(self) -> None:
        """Nothing per change: cards never change, and the serials are checked at the end."""

    async def settle_down(self) -> None:
        """Nothing to do: cards have nothing pending."""

    def check_at_the_end(self) -> None:
        tables = self.world.store.database.cards
        printing = tables.printings.get(self.printing_id)
        if printing is None:
            raise Violated("the printing is gone")
        serials = sorted(card.serial for card in tables.cards if card.printing_id == printing.id)
        if (
            serials != list(range(1, printing.minted_count + 1))
            or printing.minted_count > PRINT_RUN
        ):
            raise Violated(f"{printing.minted_count} of {PRINT_RUN} were minted: {serials}")


async def at_once_twice(action: Callable[[], Awaitable[None]]) -> None:
    await at_once(action(), action())
