"""The ownership history of a card."""

import pytest

from ece_adapters.system import new_id
from ece_domain import ledger
from ece_domain.cards import CardFilter, CardId, CardNotFound, SearchCards
from ece_domain.identity import Role
from ece_domain.kernel import InvalidPage, PageRequest, TimeRange
from ece_domain.ledger import MINTING
from tests.contract.cards.conftest import printing_details


@pytest.fixture
def read(world):
    return ledger.ListCardOwners(world.database.begin)


async def test_begins_with_the_minting(world, read):
    card = await world.a_card()
    (only,) = (await read(card_id=card.id, page=PageRequest())).items

    assert (only.owner_id, only.acquired_at, only.purpose) == (world.ann, card.minted_at, MINTING)
    assert only.settlement_id is None


async def test_a_card_was_minted_to_its_first_owner_whoever_has_it_now(world, read):
    card = await world.a_card()
    await world.give(card, world.issuer)

    (shown,) = await world.cards_of(world.issuer)
    assert (shown.owner_id, shown.minted_to_id) == (world.issuer, world.ann)
    async with world.database.begin() as transaction:
        kept = await transaction.cards.get(card.id)
    assert (kept.owner_id, kept.minted_to_id) == (world.issuer, world.ann)
    history = (await read(card_id=card.id, page=PageRequest())).items
    assert [one.owner_id for one in history] == [world.issuer, world.ann]


async def test_is_a_chain_without_a_gap_to_the_present_owner(world, read):
    minted = card = await world.a_card()
    owners = [world.issuer, await world.sign_up("bob", Role.COLLECTOR), world.ann, world.issuer]
    for owner in owners:
        world.clock.advance(hours=1)
        await world.give(card, owner)
        (card,) = await world.cards_of(owner)

    first = await read(card_id=card.id, page=PageRequest(3))
    rest = await read(card_id=card.id, page=PageRequest(3, first.next))
    history = (*first.items, *rest.items)

    assert [one.owner_id for one in history] == [*reversed(owners), world.ann]
    assert history[0].owner_id == card.owner_id
    assert [one.acquired_at for one in history] == sorted(
        {one.acquired_at for one in history}, reverse=True
    )
    assert history[-1].acquired_at == minted.minted_at
    assert {one.purpose for one in history[:-1]} == {"test.move"}
    assert rest.next is None


async def test_finds_the_owners_of_a_period(world, read):
    card = await world.a_card()
    moments = [world.clock()]
    for owner in (world.issuer, world.ann):
        world.clock.advance(hours=1)
        await world.give(card, owner)
        (card,) = await world.cards_of(owner)
        moments.append(world.clock())

    async def owners(**acquired):
        period = TimeRange(**acquired)
        found = await read(card_id=card.id, acquired=period, page=PageRequest())
        return [one.acquired_at for one in found.items]

    assert await owners(starts_at=moments[0]) == [moments[2], moments[1]]
    assert await owners(ends_at=moments[1]) == [moments[0]]
    assert await owners(starts_at=moments[0], ends_at=moments[2]) == [moments[1]]
    assert await owners(starts_at=moments[2]) == []


async def test_finds_cards_by_the_moment_of_their_minting(world):
    await world.create_set()
    printing = await world.add(printing_details())
    moments = []
    for _ in range(3):
        await world.mint(printing, 1)
        moments.append(world.clock())
        world.clock.advance(hours=1)

    async def found(**minted):
        search = SearchCards(world.database.begin)
        page = await search(filter=CardFilter(minted=TimeRange(**minted)), page=PageRequest())
        return [card.minted_at for card in page.items]

    assert await found(starts_at=moments[0]) == [moments[2], moments[1]]
    assert await found(ends_at=moments[1]) == [moments[0]]
    assert await found(starts_at=moments[0], ends_at=moments[2]) == [moments[1]]


async def test_has_no_other_cards_and_no_holds(world, read):
    await world.create_set()
    await world.mint(await world.add(printing_details()), 2)
    one, two = await world.cards_of(world.ann)
    await world.give(one, world.issuer)
    await world.set_aside(two)

    assert len((await read(card_id=two.id, page=PageRequest())).items) == 1


async def test_refuses_cards_that_are_not_there_and_foreign_positions(world, read):
    card = await world.a_card()
    with pytest.raises(CardNotFound):
        await read(card_id=CardId(new_id()), page=PageRequest())
    with pytest.raises(InvalidPage):
        await read(card_id=card.id, page=PageRequest(3, ("x",)))
