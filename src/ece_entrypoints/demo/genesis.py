"""Genesis on the demo exchange: the set and its printings."""

from datetime import date
from typing import Final

from ece_adapters import genesis
from ece_domain.cards import (
    FinishDefinition,
    PrintingDetails,
    PrintingFilter,
    PrintingId,
    PrintingSort,
    RarityDefinition,
    Release,
    SetCode,
    SetCodeTaken,
)
from ece_domain.identity import Actor
from ece_domain.kernel import MAX_PAGE, PageRequest, Rate
from ece_entrypoints.wiring.exchange import Exchange

CODE: Final = SetCode("genesis")
_ROYALTY: Final = Rate(20_000)

_RELEASE: Final = Release(
    name="Genesis",
    rarities=tuple(
        RarityDefinition(rarity.code, rarity.label, rank)
        for rank, rarity in enumerate(genesis.RARITIES)
    ),
    finishes=tuple(
        FinishDefinition(code, code.title(), rank) for rank, code in enumerate(genesis.FINISHES)
    ),
    released_on=date(2026, 1, 15),
    declared_count=len(genesis.printings()),
)


async def issue(exchange: Exchange, curator: Actor) -> dict[int, PrintingId]:
    """Create what is missing of Genesis, and return its printings by number."""
    try:
        await exchange.cards.create_card_set()(
            code=CODE, release=_RELEASE, issuer_id=curator.id, royalty=_ROYALTY, actor=curator
        )
    except SetCodeTaken:
        found = await _printings(exchange)
    else:
        found = {}
    add_printing = exchange.cards.add_printing()
    for printing in genesis.printings():
        if printing.number not in found:
            added = await add_printing(
                card_set=CODE,
                details=_details(printing),
                print_run=printing.print_run,
                actor=curator,
            )
            found[printing.number] = added.value.id
    return found


def _details(printing: genesis.GenesisPrinting) -> PrintingDetails:
    return PrintingDetails(
        number=str(printing.number),
        name=printing.name,
        rarity=printing.rarity,
        finish=printing.finish,
        artist=printing.artist,
        rules=printing.rules,
        flavor=printing.flavor,
        image=genesis.image_reference(genesis.GENESIS_SEED, printing.number),
    )


async def _printings(exchange: Exchange) -> dict[int, PrintingId]:
    search, selected = exchange.cards.search_printings(), PrintingFilter(set_code=CODE)
    page, found = PageRequest(MAX_PAGE), dict[int, PrintingId]()
    while True:
        shown = (await search(filter=selected, page=page, sort=PrintingSort.NEWEST)).page
        found |= {int(printing.number): printing.id for printing in shown.items}
        if shown.next is None:
            return found
        page = PageRequest(MAX_PAGE, shown.next)
