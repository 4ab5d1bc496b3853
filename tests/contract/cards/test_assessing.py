"""Conditions that owners state, and grades that moderators record."""

import asyncio

import pytest

from ece_adapters.system import new_id
from ece_domain import cards
from ece_domain.cards import (
    CardId,
    CardIsGraded,
    CardNotFound,
    CardOnHold,
    CertificateTaken,
    Condition,
    ConditionScale,
    Grade,
    NotTheOwner,
)
from ece_domain.identity import Actor, Role, RoleNotAllowed
from ece_domain.kernel import ConcurrentChange
from tests.contract.cards.conftest import printing_details
from tests.contract.cards.test_stores import outbox_of

PLAYED = Condition(ConditionScale.TCGPLAYER, "LP")
NINE = Grade("psa", "9", "12345678")


@pytest.fixture
def state(world):
    return cards.AssessCondition(world.database.begin, world.clock)


@pytest.fixture
def grade(world):
    return cards.RecordGrade(world.database.begin, world.clock)


@pytest.fixture
async def card(world):
    return await world.a_card()


async def shown(world, card):
    return await cards.GetCard(world.database.begin)(card_id=card.id)


async def test_an_owner_states_the_condition(world, state, card):
    stated = await state(card_id=card.id, condition=PLAYED, owner_id=world.ann, expected_version=1)

    assert (stated.assessment, stated.version) == (PLAYED, 2)
    assert (await shown(world, card)).condition == PLAYED


async def test_saying_the_same_again_is_no_news(world, state, card):
    for version in (1, 2):
        await state(card_id=card.id, condition=PLAYED, owner_id=world.ann, expected_version=version)

    assert (await outbox_of(world.database)).count("cards.card-assessed") == 1


async def test_others_are_refused(world, state, card):
    with pytest.raises(NotTheOwner):
        await state(card_id=card.id, condition=PLAYED, owner_id=world.issuer, expected_version=1)
    await world.give(card, world.issuer)
    with pytest.raises(NotTheOwner):
        await state(card_id=card.id, condition=PLAYED, owner_id=world.ann, expected_version=1)


async def test_a_card_on_offer_stays_as_it_was_offered(world, state, card):
    await world.set_aside(card)
    assert (await shown(world, card)).is_held
    with pytest.raises(CardOnHold):
        await state(card_id=card.id, condition=PLAYED, owner_id=world.ann, expected_version=1)


async def test_a_card_on_offer_is_not_graded(world, grade, card):
    await world.set_aside(card)
    with pytest.raises(CardOnHold):
        await grade(card_id=card.id, grade=NINE, actor=world.as_admin, expected_version=1)
    assert (await shown(world, card)).grade is None


async def test_refuses_a_change_of_an_older_version(world, state, grade, card):
    moderator = Actor(await world.sign_up("mod", Role.MODERATOR), Role.MODERATOR)
    with pytest.raises(ConcurrentChange):
        await state(card_id=card.id, condition=PLAYED, owner_id=world.ann, expected_version=9)
    with pytest.raises(ConcurrentChange):
        await grade(card_id=card.id, grade=NINE, actor=moderator, expected_version=9)


async def test_a_moderator_records_a_grade_in_place_of_the_condition(world, state, grade, card):
    moderator = Actor(await world.sign_up("mod", Role.MODERATOR), Role.MODERATOR)
    await state(card_id=card.id, condition=PLAYED, owner_id=world.ann, expected_version=1)
    await grade(card_id=card.id, grade=NINE, actor=moderator, expected_version=2)

    now = await shown(world, card)
    assert (now.condition, now.grade) == (None, Grade("PSA", "9", "12345678"))
    with pytest.raises(CardIsGraded):
        await state(card_id=card.id, condition=PLAYED, owner_id=world.ann, expected_version=3)


async def test_collectors_record_no_grades(world, grade, card):
    with pytest.raises(RoleNotAllowed):
        await grade(card_id=card.id, grade=NINE, actor=world.as_ann, expected_version=1)


async def test_a_certificate_is_for_one_card(world, grade):
    await world.create_set()
    await world.mint(await world.add(printing_details()), 2)
    one, two = await world.cards_of(world.ann)
    await grade(card_id=one.id, grade=NINE, actor=world.as_admin, expected_version=1)
    with pytest.raises(CertificateTaken):
        await grade(card_id=two.id, grade=NINE, actor=world.as_admin, expected_version=1)


async def test_a_certificate_stays_with_its_card_after_a_later_grade(world, grade):
    await world.create_set()
    await world.mint(await world.add(printing_details()), 2)
    one, two = await world.cards_of(world.ann)
    regraded = Grade("psa", "10", "87654321")
    for version, each in enumerate((NINE, regraded, NINE), 1):
        await grade(card_id=one.id, grade=each, actor=world.as_admin, expected_version=version)

    for each in (NINE, regraded):
        with pytest.raises(CertificateTaken):
            await grade(card_id=two.id, grade=each, actor=world.as_admin, expected_version=1)


async def test_of_many_cards_with_one_certificate_one_is_graded(world, grade):
    await world.create_set()
    await world.mint(await world.add(printing_details()), 8)
    rivals = await world.cards_of(world.ann)
    results = await asyncio.gather(
        *(
            grade(card_id=card.id, grade=NINE, actor=world.as_admin, expected_version=1)
            for card in rivals
        ),
        return_exceptions=True,
    )

    refused = [result for result in results if isinstance(result, CertificateTaken)]
    assert len(refused) == len(rivals) - 1
    assert len([card for card in await world.cards_of(world.ann) if card.grade]) == 1


async def test_refuses_a_card_that_is_not_there(world, state, grade):
    unknown = CardId(new_id())
    with pytest.raises(CardNotFound):
        await state(card_id=unknown, condition=PLAYED, owner_id=world.ann, expected_version=1)
    with pytest.raises(CardNotFound):
        await grade(card_id=unknown, grade=NINE, actor=world.as_admin, expected_version=1)
    with pytest.raises(CardNotFound):
        await cards.GetCard(world.database.begin)(card_id=unknown)
