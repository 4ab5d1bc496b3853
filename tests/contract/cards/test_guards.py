"""A concurrent change of an aggregate that a decision depends on refuses the decision."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ece_adapters.system import new_id
from ece_domain import cards
from ece_domain.cards import RarityDefinition, SetCode
from ece_domain.kernel import ConcurrentChange, IdempotencyKey, Rate
from tests.contract.cards.conftest import RELEASE, World, printing_details

CODE = SetCode("moonlit")


def meanwhile(world: World, change: Callable[[], Awaitable[object]]) -> Callable[..., Any]:
    """Begins transactions; another change is committed before each of them commits."""

    @asynccontextmanager
    async def begin(**more: Any) -> AsyncIterator[Any]:
        async with world.database.begin(**more) as transaction:
            yield transaction
            await change()

    return begin


def edit_set(world: World) -> Callable[[], Awaitable[object]]:
    async def change() -> None:
        card_set = await cards.GetCardSet(world.database.begin)(code=CODE)
        await cards.EditCardSet(world.database.begin, world.clock)(
            code=CODE,
            changes=cards.CardSetChanges(
                rarities=(*RELEASE.rarities, RarityDefinition("epic", "Epic", 7)), royalty=Rate(1)
            ),
            actor=world.as_admin,
            expected_version=card_set.version,
        )

    return change


@pytest.fixture
async def printing(world):
    await world.create_set()
    return await world.add(printing_details())


async def test_no_printing_is_added_to_a_set_that_changes(world):
    await world.create_set()
    add = cards.AddPrinting(meanwhile(world, edit_set(world)), world.clock, new_id)
    with pytest.raises(ConcurrentChange):
        await add(card_set=CODE, details=printing_details(), actor=world.as_issuer)


async def test_no_printing_of_a_set_that_changes_is_edited(world, printing):
    edit = cards.EditPrinting(meanwhile(world, edit_set(world)), world.clock)
    with pytest.raises(ConcurrentChange):
        await edit(
            printing_id=printing.id,
            changes=cards.PrintingChanges(number="2"),
            actor=world.as_issuer,
            expected_version=1,
        )


async def test_nothing_is_minted_while_the_set_changes(world, printing):
    mint = cards.MintCards(meanwhile(world, edit_set(world)), world.clock, new_id)
    with pytest.raises(ConcurrentChange):
        await mint(
            printing_id=printing.id,
            copies=1,
            owner_id=world.ann,
            actor=world.as_admin,
            key=IdempotencyKey("once"),
        )
    assert await world.cards_of(world.ann) == ()
