"""Changes name every field that can be edited, and keep what they do not name."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from attrs import fields_dict

from ece_domain.cards import (
    Card,
    CardId,
    CardSet,
    CardSetChanges,
    CardSetId,
    Condition,
    ConditionScale,
    FinishDefinition,
    Grade,
    Printing,
    PrintingChanges,
    PrintingDetails,
    PrintingId,
    RarityDefinition,
    Release,
    SetCode,
)
from ece_domain.identity import UserId
from ece_domain.kernel import UNSET, Rate, changes_in

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
BIRDS = CardSet.create(
    CardSetId(uuid4()),
    code=SetCode("birds"),
    issuer_id=UserId(uuid4()),
    creator_id=UserId(uuid4()),
    royalty=Rate(20_000),
    release=Release(
        name="Birds",
        rarities=(RarityDefinition("rare", "Rare", 1),),
        finishes=(FinishDefinition("foil", "Foil", 1),),
        declared_count=99,
    ),
    now=NOW,
)
HERON = Printing.add(
    PrintingId(uuid4()),
    card_set=BIRDS,
    details=PrintingDetails(
        number="1", name="Grey Heron", rarity="rare", finish="foil", image="art/1.png"
    ),
    print_run=5,
    now=NOW,
)


def test_every_field_of_a_printing_can_be_changed():
    assert fields_dict(PrintingChanges).keys() == {*fields_dict(PrintingDetails), "print_run"}


def test_every_field_of_a_card_set_can_be_changed():
    assert fields_dict(CardSetChanges).keys() == {*fields_dict(Release), "royalty"}


def test_unset_is_no_change_and_none_is_one():
    assert changes_in(PrintingChanges(name=UNSET, image=None)) == {"image": None}


def test_a_printing_keeps_unset_fields():
    edited = HERON.edit(PrintingChanges(image=None), card_set=BIRDS, now=NOW)

    assert (edited.details.name, edited.details.image, edited.print_run) == ("Grey Heron", None, 5)


def test_a_card_set_keeps_unset_fields():
    edited = BIRDS.edit(CardSetChanges(declared_count=None), now=NOW)

    assert (edited.release.name, edited.release.declared_count) == ("Birds", None)
    assert edited.royalty == BIRDS.royalty


OWNER = UserId(uuid4())
COPY = Card.mint(CardId(uuid4()), printing_id=HERON.id, serial=1, owner_id=OWNER, now=NOW)
CHANGES = {
    "set-edited": (BIRDS, BIRDS.edit(CardSetChanges(name="Owls"), now=LATER)),
    "set-imported": (BIRDS, BIRDS.take_release(BIRDS.release, said=BIRDS.release, now=LATER)),
    "printings-imported": (BIRDS, BIRDS.note_import(created=1, changed=0, now=LATER)),
    "printing-edited": (
        HERON,
        HERON.edit(PrintingChanges(name="Owl"), card_set=BIRDS, now=LATER),
    ),
    "cards-minted": (HERON, HERON.mint(1, owner_id=OWNER, now=LATER)[0]),
    "condition-stated": (
        COPY,
        COPY.assess_condition(
            Condition(ConditionScale.TCGPLAYER, "NM"), assessor_id=OWNER, now=LATER
        ),
    ),
    "card-graded": (
        COPY,
        COPY.record_grade(Grade("PSA", "9", "48213377"), assessor_id=OWNER, now=LATER),
    ),
}


@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_each_change_moves_the_moment_of_the_latest_change(before, after):
    assert (before.updated_at, after.updated_at) == (NOW, LATER)
