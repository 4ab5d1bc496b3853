"""What a decision depends on without changing it: a change meanwhile refuses the decision."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from attrs import evolve

from ece_adapters.system import new_id
from ece_domain import cards
from ece_domain.cards import Grade, Rarity, SetCode
from ece_domain.identity import Role, UserId
from ece_domain.kernel import ConcurrentChange, Rate, RequestKey
from tests.contract.cards.conftest import RELEASE, World, a_design

CODE = SetCode("moonlit")


def meanwhile(world: World, change: Callable[[], Awaitable[object]]) -> Callable[..., Any]:
    """Begins transactions in which the change is committed before they are."""

    @asynccontextmanager
    async def begin(**more: Any) -> AsyncIterator[Any]:
        async with world.database.begin(**more) as transaction:
            yield transaction
            await change()

    return begin


def edit_set(world: World) -> Callable[[], Awaitable[object]]:
    async def change() -> None:
        card_set = await cards.ShowCardSet(world.database.begin)(code=CODE)
        await cards.EditCardSet(world.database.begin, world.clock)(
            code=CODE,
            release=evolve(RELEASE, rarities=(*RELEASE.rarities, Rarity("epic", "Epic", 7))),
            royalty=Rate(1),
            by=world.admin,
            expected_version=card_set.version,
        )

    return change


def dismiss(world: World, user_id: UserId) -> Callable[[], Awaitable[object]]:
    async def change() -> None:
        async with world.database.begin() as transaction:
            user = await transaction.users.get(user_id)
            transaction.users.save(evolve(user, role=Role.COLLECTOR))

    return change


@pytest.fixture
async def printing(world):
    await world.create_set()
    return await world.add(a_design())


async def test_no_printing_is_added_to_a_set_that_changes(world):
    await world.create_set()
    add = cards.AddPrinting(meanwhile(world, edit_set(world)), world.clock, new_id)
    with pytest.raises(ConcurrentChange):
        await add(card_set=CODE, design=a_design(), by=world.issuer)


async def test_no_printing_of_a_set_that_changes_is_edited(world, printing):
    edit = cards.EditPrinting(meanwhile(world, edit_set(world)), world.clock)
    with pytest.raises(ConcurrentChange):
        await edit(
            printing_id=printing.id,
            design=a_design("2"),
            print_run=None,
            by=world.issuer,
            expected_version=1,
        )


@pytest.mark.parametrize("whose", ["set", "by", "owner"])
async def test_nothing_is_minted_while_the_set_the_issuer_or_the_owner_changes(
    world, printing, whose
):
    change = {
        "set": edit_set(world),
        "by": dismiss(world, world.admin),
        "owner": dismiss(world, world.ann),
    }[whose]
    mint = cards.MintCards(meanwhile(world, change), world.clock, new_id)
    with pytest.raises(ConcurrentChange):
        await mint(
            printing_id=printing.id,
            copies=1,
            owner=world.ann,
            by=world.admin,
            key=RequestKey("once"),
        )
    assert await world.cards_of(world.ann) == ()


async def test_an_admin_who_is_dismissed_meanwhile_decides_nothing(world, printing):
    await world.mint(printing, 1)
    [card] = await world.cards_of(world.ann)
    begin, clock = meanwhile(world, dismiss(world, world.admin)), world.clock
    decisions = [
        lambda: cards.CreateCardSet(begin, clock, new_id)(
            code=SetCode("another"), release=RELEASE, issuer=world.ann, by=world.admin
        ),
        lambda: cards.EditCardSet(begin, clock)(
            code=CODE, release=RELEASE, royalty=Rate(2), by=world.admin, expected_version=1
        ),
        lambda: cards.AddPrinting(begin, clock, new_id)(
            card_set=CODE, design=a_design("2"), by=world.admin
        ),
        lambda: cards.EditPrinting(begin, clock)(
            printing_id=printing.id,
            design=a_design("3"),
            print_run=None,
            by=world.admin,
            expected_version=2,
        ),
        lambda: cards.RecordGrade(begin, clock)(
            card_id=card.id,
            grade=Grade("psa", "9", "12345678"),
            by=world.admin,
            expected_version=1,
        ),
        lambda: cards.ImportCardSets(begin, clock, new_id)(
            source="game", records=[], issuer=world.admin
        ),
    ]
    for decide in decisions:
        async with world.database.begin() as transaction:
            admin = await transaction.users.get(world.admin)
            transaction.users.save(evolve(admin, role=Role.ADMIN))
        with pytest.raises(ConcurrentChange):
            await decide()
