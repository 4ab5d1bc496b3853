"""Changes name every field that can be edited, and keep what they do not name."""

from datetime import UTC, datetime
from uuid import uuid4

from attrs import fields_dict

from ece_domain.cards import (
    CardSet,
    CardSetChanges,
    CardSetId,
    FinishDefinition,
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
