"""The demo exchange, on both stores."""

from contextlib import AsyncExitStack
from itertools import count

import pytest

from ece_domain.cards import (
    AddPrinting,
    AssessCondition,
    CardFilter,
    MintCards,
    PrintingFilter,
    SetCode,
)
from ece_domain.identity import Actor, EmailAddress, Password, RegisterUser
from ece_domain.kernel import IdempotencyKey, PageRequest
from ece_domain.ledger import AuditLedger, Deposit
from ece_domain.market import BuyListing, ListingFilter, ListingSort
from ece_entrypoints import demo
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import PasswordCost, Settings, Store
from tests.postgres_fixture import migrated_database

GENESIS = PrintingFilter(set_code=SetCode("genesis"))


@pytest.fixture(params=list(Store), ids=lambda store: store.value)
async def exchange(request, tmp_path):
    """An open, empty exchange, on each store."""
    async with AsyncExitStack() as cleanup:
        url = ""
        if request.param is Store.postgres:
            server = request.getfixturevalue("postgres_server")
            url = await cleanup.enter_async_context(migrated_database(server))
        made = Exchange(
            settings=Settings(
                store=request.param,
                database_url=url,
                secret_file=tmp_path / "secret",
                password_cost=PasswordCost.toy,
            )
        )
        await made.database().open()
        cleanup.push_async_callback(made.database().close)
        yield made


async def listings_of(exchange, wanted):
    page, found = PageRequest(100), []
    while True:
        shown = await exchange.market.search_listings()(
            filter=wanted, sort=ListingSort.NEWEST, page=page
        )
        found += shown.items
        if shown.next is None:
            return found
        page = PageRequest(100, shown.next)


async def test_the_demo_has_a_set_collectors_listings_sales_and_passes_the_audit(exchange):
    assert await demo.fill(exchange) is True
    found = await exchange.cards.search_printings()(filter=GENESIS, page=PageRequest(1))
    assert sum(facet.count for facet in found.facets.rarities) == 300

    listings = await listings_of(exchange, ListingFilter())
    assert len(listings) >= 60
    assert sum(shown.listing.pricing.decline is not None for shown in listings) >= 10
    assert len({shown.listing.seller_id for shown in listings}) == 12

    checked = await AuditLedger(exchange.database().begin)(actor=Actor.exchange())
    assert checked.violations == ()
    assert checked.cards >= 150


async def test_the_demo_has_enough_sales_for_a_price_guide(exchange):
    await demo.fill(exchange)
    listings = await listings_of(exchange, ListingFilter())
    guides = [
        await exchange.market.get_price_guide()(printing_id=printing_id)
        for printing_id in sorted({shown.listing.printing_id for shown in listings})
    ]
    entries = [entry for guide in guides for entry in guide.entries]
    month = [entry.windows[-1] for entry in entries]
    assert sum(window.sales for window in month) >= 50
    assert sum(left.sales for entry in entries for left in entry.excluded) == 2


async def test_filling_again_changes_nothing(exchange):
    await demo.fill(exchange)
    before = await listings_of(exchange, ListingFilter())
    assert await demo.fill(exchange) is False
    assert await listings_of(exchange, ListingFilter()) == before


@pytest.mark.parametrize(
    "use_case", [RegisterUser, Deposit, AddPrinting, MintCards, AssessCondition, BuyListing]
)
async def test_an_interrupted_fill_is_completed_by_the_next(exchange, monkeypatch, use_case):
    with monkeypatch.context() as patched:
        patched.setattr(use_case, "__call__", _with_a_power_cut(use_case.__call__))
        with pytest.raises(PowerCut):
            await demo.fill(exchange)
    assert await demo.fill(exchange) is True
    checked = await AuditLedger(exchange.database().begin)(actor=Actor.exchange())
    assert checked.violations == ()
    assert (checked.entries, checked.cards) == (268, 180)


async def test_every_demo_person_can_log_in(exchange):
    await demo.fill(exchange)
    for person in demo.PEOPLE:
        signed = await exchange.identity.log_in()(
            email=EmailAddress(person.email), password=Password(demo.PASSWORD)
        )
        claims = exchange.identity.token_verifier().verify(signed.access.text)
        assert claims.role is person.role


async def test_the_offer_stays_until_it_is_sold_and_is_then_replaced(exchange):
    await demo.fill(exchange)
    first = await demo.keep_an_offer(exchange)
    assert await demo.keep_an_offer(exchange) == first
    await _buy(exchange, first)
    second = await demo.keep_an_offer(exchange)
    assert second.listing_id != first.listing_id
    await _buy(exchange, second)


async def test_the_demo_buyer_always_has_a_card_to_buy_and_enough_money(exchange):
    await demo.fill(exchange)
    ada = await _newcomer(exchange)
    wallet = await exchange.ledger.get_wallet()(owner_id=ada.id, actor=Actor.of(ada))
    savings = wallet.accounts[0].available
    await exchange.ledger.withdraw()(
        owner_id=ada.id, money=savings, actor=Actor.exchange(), key=IdempotencyKey("all")
    )
    for _ in range(21):
        await _buy(exchange, await demo.keep_an_offer(exchange))
    cards = await exchange.cards.search_cards()(
        filter=CardFilter(owner_id=ada.id), page=PageRequest(100)
    )
    assert len(cards.items) >= 21


async def _newcomer(exchange):
    async with exchange.database().begin() as transaction:
        return await transaction.users.with_email(EmailAddress(demo.NEWCOMER.email))


async def _buy(exchange, offer):
    ada = await _newcomer(exchange)
    await exchange.market.buy_listing()(
        listing_id=offer.listing_id, buyer_id=ada.id, key=IdempotencyKey(f"buy-{offer.listing_id}")
    )


class PowerCut(Exception):
    """Simulates a process that ends during the fill."""


def _with_a_power_cut(call):
    calls = count(1)

    async def seven_times(self, **facts):
        if next(calls) > 7:
            raise PowerCut
        return await call(self, **facts)

    return seven_times
