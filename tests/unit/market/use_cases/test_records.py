"""The use cases record settlements with a purpose and events with a time."""

from datetime import datetime
from uuid import UUID

import pytest

from ece_domain.identity import Actor, Role
from ece_domain.kernel import Event
from ece_domain.market import ExpireListings, ListingExpired
from ece_domain.sales import GetSale, SaleNotFound
from tests.contract.market.stall import Stall, user


def settled(stall: Stall) -> list[tuple[str, datetime]]:
    """The purposes and the moments of the market's settlements so far."""
    receipts = [recorded.receipt for recorded in stall.database.ledger.settlements]
    assert all(isinstance(receipt.id, UUID) for receipt in receipts)
    return [
        (receipt.purpose, receipt.settled_at)
        for receipt in receipts
        if receipt.purpose != "test.deposit"
    ]


def events(stall: Stall, kind: type[Event]) -> list[Event]:
    happened = [published.event for published in stall.database.outbox]
    return [event for event in happened if isinstance(event, kind)]


async def test_every_settlement_has_a_purpose_and_a_time(stall):
    seller, buyer, begun = await stall.someone(), await stall.someone(5_000), stall.clock()
    listing = await stall.listing(seller)
    await stall.cancel(listing, seller)
    listing = await stall.listing(seller, card=listing.card_id, minutes=1)
    expiry = stall.clock.advance(minutes=1)
    await stall.expire()
    listing = await stall.listing(seller, card=listing.card_id)
    await stall.buy(listing, buyer)

    assert settled(stall) == [
        ("market.listing", begun),
        ("market.cancellation", begun),
        ("market.listing", begun),
        ("market.expiry", expiry),
        ("market.listing", expiry),
        ("market.purchase", expiry),
    ]


async def test_an_expiry_is_published_when_it_is_recorded(stall):
    seller = await stall.someone()
    swept, replaced = [await stall.listing(seller, minutes=minutes) for minutes in (1, 2)]
    first = stall.clock.advance(minutes=1)
    await stall.expire()
    second = stall.clock.advance(minutes=1)
    await stall.listing(seller, card=replaced.card_id)

    assert events(stall, ListingExpired) == [
        ListingExpired(occurred_at=first, listing_id=swept.id, card_id=swept.card_id),
        ListingExpired(occurred_at=second, listing_id=replaced.id, card_id=replaced.card_id),
    ]


async def test_expires_fifty_in_a_settlement(stall):
    seller = await stall.someone()
    printing = await stall.printing(await stall.card_set())
    for _ in range(51):
        await stall.listing(seller, printing=printing, minutes=1)
    stall.clock.advance(minutes=1)

    expired = await ExpireListings(stall.database.begin, stall.clock, stall.new_id)()

    assert (expired.expired_count, expired.refused) == (51, ())
    assert [purpose for purpose, _ in settled(stall)].count("market.expiry") == 2


async def test_a_sale_that_is_not_for_the_reader_is_not_there(stall):
    listing = await stall.listing(await stall.someone())
    sale = (await stall.buy(listing, await stall.someone(5_000))).value
    with pytest.raises(SaleNotFound) as refused:
        await GetSale(stall.database.begin)(sale_id=sale.id, actor=Actor(user(), Role.COLLECTOR))

    assert refused.value.sale_id == sale.id
