"""A card set with one printing, for contexts that need cards."""

from ece_domain.cards import (
    CardSet,
    CardSetId,
    FinishDefinition,
    Printing,
    PrintingDetails,
    PrintingId,
    RarityDefinition,
    Release,
    SetCode,
)
from ece_domain.kernel import Rate

from .world import World


def card_set_with_printing(
    world: World, code: str, *, royalty_ppm: int = 0, print_run: int | None = None
) -> tuple[CardSet, Printing]:
    """Both are new and not saved yet; the first collector is issuer and creator."""
    card_set = CardSet.create(
        CardSetId(world.new_id()),
        code=SetCode(code),
        issuer_id=world.users[0],
        creator_id=world.users[0],
        royalty=Rate(royalty_ppm),
        release=Release(
            name=code.title(),
            rarities=(RarityDefinition("common", "Common", 1),),
            finishes=(FinishDefinition("plain", "Plain", 1),),
        ),
        now=world.clock(),
    )
    printing = Printing.add(
        PrintingId(world.new_id()),
        card_set=card_set,
        details=PrintingDetails(number="1", name="Ash Fox", rarity="common", finish="plain"),
        print_run=print_run,
        now=world.clock(),
    )
    return card_set, printing
