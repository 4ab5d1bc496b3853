"""Every change of the catalog is an event that others can follow."""

from ece_domain import cards
from ece_domain.cards import (
    CardSetChanges,
    CardSetCreated,
    CardSetEdited,
    CardsMinted,
    PrintingAdded,
    PrintingChanges,
    PrintingEdited,
)
from ece_domain.kernel import SequenceEvents
from tests.contract.cards.conftest import printing_details


async def test_each_change_of_a_set_or_printing_is_told_once_and_in_order(world):
    card_set = await world.create_set()
    printing = await world.add(printing_details())
    await cards.EditPrinting(world.database.begin, world.clock)(
        printing_id=printing.id,
        changes=PrintingChanges(artist="Ann Lee"),
        actor=world.as_issuer,
        expected_version=None,
    )
    minted = await world.mint(printing, 2)
    await cards.EditCardSet(world.database.begin, world.clock)(
        code=card_set.code,
        changes=CardSetChanges(name="Sunlit Coast"),
        actor=world.as_issuer,
        expected_version=None,
    )

    await SequenceEvents(world.database.begin)()
    async with world.database.begin() as transaction:
        recorded = await transaction.event_log.read_after(0, 100)
    told = [each.event for each in recorded if each.event.kind.startswith("cards.")]

    now, issuer = world.clock(), {each.event.kind: each.actor_id for each in recorded}
    assert told == [
        CardSetCreated(
            occurred_at=now,
            card_set_id=card_set.id,
            set_code=card_set.code.text,
            issuer_id=world.issuer,
        ),
        PrintingAdded(occurred_at=now, printing_id=printing.id, card_set_id=card_set.id),
        PrintingEdited(occurred_at=now, printing_id=printing.id),
        told[3],
        CardSetEdited(occurred_at=now, card_set_id=card_set.id, set_code=card_set.code.text),
    ]
    assert isinstance(told[3], CardsMinted)
    assert told[3].printing_id == minted.printing_id == printing.id
    assert issuer["cards.printing-added"] == world.issuer
