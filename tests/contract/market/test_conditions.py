"""A listing has the condition of its card, also under concurrent changes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve, frozen

from ece_adapters.system import new_id
from ece_domain.cards import (
    AssessCondition,
    CardId,
    Condition,
    ConditionKey,
    ConditionScale,
    Grade,
)
from ece_domain.identity import Actor
from ece_domain.kernel import ConcurrentChange
from ece_domain.market import LISTED_CONDITION, AuditListings, ListingId
from ece_domain.market.storage import ListableCard
from tests.contract.conftest import Database
from tests.contract.market.stall import Stall


@frozen
class AfterTheRead:
    """A database that runs a hook after a transaction has read the card to list."""

    database: Database
    happens: Callable[[], Awaitable[None]]

    @asynccontextmanager
    async def begin(self, **origin: Any) -> AsyncIterator[Any]:
        async with self.database.begin(**origin) as transaction:
            listings = transaction.listings

            async def card_to_list(card_id: CardId) -> ListableCard:
                card = await listings.card_to_list(card_id)
                await self.happens()
                return card

            yield SimpleNamespace(
                idempotency_records=transaction.idempotency_records,
                cards=transaction.cards,
                ledger=transaction.ledger,
                listings=SimpleNamespace(card_to_list=card_to_list, save=listings.save),
            )


@pytest.mark.parametrize(
    ("assessment", "condition"),
    [
        (None, "unstated"),
        (Condition(ConditionScale.CARDMARKET, "LP"), "cardmarket LP"),
        (Grade("PSA", "9", "12345678"), "PSA 9"),
    ],
)
async def test_a_listing_keeps_the_condition_of_its_card(stall: Stall, assessment, condition):
    seller = await stall.someone()
    card = await stall.card(seller, assessment=assessment)
    listing = await stall.listing(seller, card=card)
    assert listing.condition == ConditionKey(condition)


async def test_a_condition_stated_while_the_card_is_listed_is_not_missed(stall: Stall):
    """The owner changes the condition between the read of the card and the save of the listing."""
    seller = await stall.someone()
    near_mint, damaged = [Condition(ConditionScale.TCGPLAYER, code) for code in ("NM", "DM")]
    card = await stall.card(seller, assessment=near_mint)

    async def assess_condition() -> None:
        await AssessCondition(stall.database.begin, stall.clock)(
            card_id=card, condition=damaged, owner_id=seller, expected_version=1
        )

    interrupted = evolve(stall, database=AfterTheRead(stall.database, assess_condition))
    with pytest.raises(ConcurrentChange):
        await interrupted.answer_list(card, seller)

    assert not await stall.is_held(card)
    assert (await stall.answer_list(card, seller)).value.condition == ConditionKey.of(damaged)


async def test_an_audit_names_a_listing_whose_card_is_in_another_condition(stall: Stall):
    seller = await stall.someone()
    wrong, right = [await stall.listing(seller) for _ in range(2)]
    await stall.cancel(await stall.listing(seller), seller)
    audit = AuditListings(stall.database.begin)
    assert await audit(actor=Actor.exchange()) == ()

    said = evolve(wrong, id=ListingId(new_id()), version=0, condition=ConditionKey("PSA 9"))
    gone = evolve(right, id=ListingId(new_id()), version=0, card_id=CardId(new_id()))
    async with stall.database.begin() as transaction:
        transaction.listings.save(said)
        transaction.listings.save(gone)

    found = {violation.subject: violation for violation in await audit(actor=Actor.exchange())}
    assert {violation.invariant for violation in found.values()} == {LISTED_CONDITION}
    assert found[f"listing {said.id}"].what == "says PSA 9, and the card is unstated"
    assert found[f"listing {gone.id}"].what == "says unstated, and the card is not there"
    assert len(found) == 2
