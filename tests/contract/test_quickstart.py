"""The quickstart of the library, on each store."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from ece_domain.cards import Card, CardId, Printing, PrintingDetails, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import USD, IdempotencyKey, Money
from ece_domain.market import BuyListing, CreateListing, Pricing
from ece_domain.sales import CURRENT_FEES
from ece_entrypoints.quickstart import quickstart


async def test_a_card_of_the_quickstart_is_sold(database):
    for _ in range(2):  # each call adds new ones
        ann, bob, heron = await quickstart(database)
        ports = (database.begin, lambda: datetime.now(UTC), uuid4, CURRENT_FEES)
        listing = await CreateListing(*ports)(
            card_id=heron,
            seller_id=ann,
            pricing=Pricing(Money(900, USD)),
            key=IdempotencyKey("list"),
        )
        sale = await BuyListing(*ports)(
            listing_id=listing.value.id, buyer_id=bob, key=IdempotencyKey("buy")
        )
        assert sale.value.receipt.proceeds == Money(774, USD)


@pytest.mark.parametrize("copies", [1, 101])  # PostgreSQL sends many cards with COPY
async def test_cards_may_be_added_before_their_printing_and_set_are_saved(database, copies):
    _, _, heron = await quickstart(database)
    now, owner = datetime.now(UTC), UserId(uuid4())
    async with database.begin() as transaction:
        card = await transaction.cards.get(heron)
        printing = await transaction.printings.get(card.printing_id)
        card_set = await transaction.card_sets.get(printing.card_set_id)
    new, serials = Printing.add(
        PrintingId(uuid4()),
        card_set=card_set,
        details=PrintingDetails(number="2", name="Little Egret", rarity="rare", finish="foil"),
        print_run=200,
        now=now,
    ).mint(copies, owner_id=owner, now=now)
    cards = [
        Card.mint(CardId(uuid4()), printing_id=new.id, serial=serial, owner_id=owner, now=now)
        for serial in serials
    ]
    async with database.begin() as transaction:
        await transaction.cards.add(cards)
        transaction.printings.save(new)
    async with database.begin() as transaction:
        assert (await transaction.cards.get(cards[-1].id)).owner_id == owner
