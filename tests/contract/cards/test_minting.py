"""Minting gives consecutive serials, and never more copies than the print run."""

import asyncio
import random

import pytest

from ece_adapters.system import new_id
from ece_domain import cards
from ece_domain.cards import (
    MAX_MINT,
    CardFilter,
    CardSort,
    InvalidCount,
    NotTheIssuer,
    PrintingNotFound,
    PrintRunExceeded,
)
from ece_domain.identity import UserId, UserNotFound
from ece_domain.kernel import IdempotencyKey, IdempotencyKeyReused, IdempotentResult, PageRequest
from ece_entrypoints.wiring.retry_on_conflict import RetryOnConflict
from tests.contract.cards.conftest import printing_details


async def serials_of(world, printing):
    search, found, after = cards.SearchCards(world.database.begin), [], None
    wanted = CardFilter(printing_id=printing.id)
    while True:
        page = await search(filter=wanted, page=PageRequest(100, after), sort=CardSort.SERIAL)
        found += [card.serial for card in page.items]
        after = page.next
        if after is None:
            return found


@pytest.fixture
async def printing(world):
    await world.create_set()
    return await world.add(printing_details(), print_run=10)


async def test_gives_the_next_serials_to_the_owner(world, printing):
    first = await world.mint(printing, 3)
    second = await world.mint(printing, 2)

    assert (first.first_serial, first.last_serial) == (1, 3)
    assert (second.first_serial, second.last_serial) == (4, 5)
    assert await serials_of(world, printing) == [1, 2, 3, 4, 5]
    assert {card.owner_id for card in await world.cards_of(world.ann)} == {world.ann}
    shown = await cards.GetPrinting(world.database.begin)(printing_id=printing.id)
    assert shown.minted_count == 5


async def test_never_exceeds_the_print_run(world, printing):
    await world.mint(printing, 9)
    with pytest.raises(PrintRunExceeded) as refused:
        await world.mint(printing, 2)

    assert (refused.value.print_run, refused.value.minted) == (10, 9)
    assert await serials_of(world, printing) == list(range(1, 10))


async def test_answers_a_repeated_key_with_the_same_cards(world, printing):
    key = IdempotencyKey("once")
    mint = cards.MintCards(world.database.begin, world.clock, new_id)
    asked = {
        "printing_id": printing.id,
        "owner_id": world.ann,
        "actor": world.as_issuer,
        "key": key,
    }
    first = await mint(copies=4, **asked)
    again = await mint(copies=4, **asked)

    assert (again.is_replayed, again.value) == (True, first.value)
    with pytest.raises(IdempotencyKeyReused):
        await mint(copies=5, **asked)
    assert await serials_of(world, printing) == [1, 2, 3, 4]


async def test_refuses_invalid_mintings(world, printing):
    with pytest.raises(InvalidCount):
        await world.mint(printing, 0)
    with pytest.raises(InvalidCount):
        await world.mint(printing, MAX_MINT + 1)
    with pytest.raises(NotTheIssuer):
        await world.mint(printing, 1, actor=world.as_ann)
    with pytest.raises(UserNotFound):
        await world.mint(printing, 1, owner_id=UserId(new_id()))
    nothing = type("Nothing", (), {"id": new_id()})
    with pytest.raises(PrintingNotFound):
        await world.mint(nothing, 1)


async def test_mints_ten_thousand_at_once(world):
    await world.create_set()
    printing = await world.add(printing_details())
    minted = await world.mint(printing, MAX_MINT)

    assert (minted.first_serial, minted.last_serial) == (1, MAX_MINT)
    last = await world.mint(printing, 1)
    assert last.first_serial == MAX_MINT + 1


async def test_s1_of_many_who_mint_the_last_copy_one_does(world, printing):
    await world.mint(printing, 9)
    results = await race(world, printing, [1] * 8)

    assert [type(result) for result in results if not isinstance(result, cards.Minted)] == [
        PrintRunExceeded
    ] * 7
    assert await serials_of(world, printing) == list(range(1, 11))


async def test_s5_the_count_of_a_printing_is_that_of_its_cards(world):
    await world.create_set()
    printing = await world.add(printing_details(), print_run=40)
    results = await race(world, printing, [7, 3, 11, 1, 5, 20])

    minted = [result for result in results if isinstance(result, cards.Minted)]
    serials = sorted(
        serial for one in minted for serial in range(one.first_serial, one.last_serial + 1)
    )
    shown = await cards.GetPrinting(world.database.begin)(printing_id=printing.id)
    assert serials == list(range(1, shown.minted_count + 1)) == await serials_of(world, printing)
    assert shown.minted_count <= 40


async def test_many_who_mint_one_printing_all_get_their_serials(world):
    await world.create_set()
    printing = await world.add(printing_details())
    results = await asyncio.gather(*(world.mint(printing, 2) for _ in range(32)))

    assert sorted(minted.first_serial for minted in results) == list(range(1, 65, 2))
    assert await serials_of(world, printing) == list(range(1, 65))


async def race(world, printing, copies):
    mint = RetryOnConflict(
        cards.MintCards(world.database.begin, world.clock, new_id), random.Random(1).uniform
    )
    answers = await asyncio.gather(
        *(
            mint(
                printing_id=printing.id,
                copies=some,
                owner_id=world.ann,
                actor=world.as_issuer,
                key=IdempotencyKey(f"racer-{nth}"),
            )
            for nth, some in enumerate(copies)
        ),
        return_exceptions=True,
    )
    return [answer.value if isinstance(answer, IdempotentResult) else answer for answer in answers]
