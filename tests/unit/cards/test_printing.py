"""Changes of a printing that already has copies."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from attrs import evolve

from ece_domain.cards import (
    CardSet,
    CardSetId,
    FinishDefinition,
    Printing,
    PrintingChanges,
    PrintingDetails,
    PrintingId,
    PrintRunExceeded,
    PrintRunFixed,
    RarityDefinition,
    Release,
    SetCode,
)
from ece_domain.identity import UserId
from ece_domain.kernel import Rate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DESIGN = PrintingDetails(number="1", name="Tide Wyrm", rarity="common", finish="plain")
COAST = CardSet(
    id=CardSetId(UUID(int=1)),
    code=SetCode("coast"),
    issuer_id=UserId(UUID(int=2)),
    creator_id=UserId(UUID(int=2)),
    royalty=Rate(0),
    release=Release(
        name="Coast",
        rarities=(RarityDefinition("common", "C", 1),),
        finishes=(FinishDefinition("plain", "P", 1),),
    ),
    created_at=NOW,
    updated_at=NOW,
)
OF_TEN = Printing(
    id=PrintingId(UUID(int=3)),
    card_set_id=COAST.id,
    details=DESIGN,
    rarity_rank=1,
    created_at=NOW,
    updated_at=NOW,
    print_run=10,
)


def edited(printing, print_run):
    return printing.edit(PrintingChanges(print_run=print_run), card_set=COAST, now=NOW).print_run


@pytest.mark.parametrize("print_run", [11, None])
def test_the_print_run_is_not_raised_or_removed_once_a_copy_exists(print_run):
    assert edited(OF_TEN, print_run) == print_run
    with pytest.raises(PrintRunFixed):
        edited(evolve(OF_TEN, minted_count=1), print_run)


def test_the_print_run_is_lowered_to_the_copies_that_exist_and_no_further():
    minted = evolve(OF_TEN, minted_count=4)
    assert edited(minted, 4) == 4
    with pytest.raises(PrintRunExceeded):
        edited(minted, 3)


def test_an_open_print_run_is_closed_later():
    assert edited(evolve(OF_TEN, print_run=None, minted_count=4), 1_000) == 1_000
