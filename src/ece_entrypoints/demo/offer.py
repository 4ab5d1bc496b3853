"""The listing that the printed ``curl`` line buys."""

from typing import Final

from attrs import frozen

from ece_domain.cards import CardFilter, CardId, PrintingFilter, PrintingSort
from ece_domain.identity import Actor, UserId
from ece_domain.kernel import USD, IdempotencyKey, Money, PageRequest
from ece_domain.market import (
    MAX_LIFETIME,
    ListingFilter,
    ListingId,
    ListingSort,
    ListingView,
    Pricing,
)
from ece_entrypoints.wiring.exchange import Exchange

from .genesis import CODE
from .people import CURATOR, NEWCOMER, SHOPKEEPER, registered

_PRICE: Final = Money(1_25, USD)
_ALLOWANCE: Final = Money(100_00, USD)
_STOCK: Final = 20


@frozen
class Offer:
    """A listing that the demo buyer can buy."""

    listing_id: ListingId
    name: str
    price: Money


async def keep_an_offer(exchange: Exchange) -> Offer:
    """The shop's active listing, or a new one once it is sold; the buyer gets enough money."""
    shop = (await registered(exchange, SHOPKEEPER)).id
    shown = await _on_offer(exchange, shop)
    if shown is None:
        await exchange.market.create_listing()(
            card_id=await _card_in_stock(exchange, shop),
            seller_id=shop,
            pricing=Pricing(_PRICE),
            expires_at=exchange.clock()() + MAX_LIFETIME,
            key=IdempotencyKey(f"demo-offer-{exchange.new_id()()}"),
        )
        return await keep_an_offer(exchange)
    await _make_solvent(exchange, shown.price)
    return Offer(shown.listing.id, shown.printing.name, shown.price)


async def _on_offer(exchange: Exchange, shop: UserId) -> ListingView | None:
    page = await exchange.market.search_listings()(
        filter=ListingFilter(seller_id=shop), sort=ListingSort.NEWEST, page=PageRequest(1)
    )
    return next(iter(page.items), None)


async def _card_in_stock(exchange: Exchange, shop: UserId) -> CardId:
    while True:
        stock = await exchange.cards.search_cards()(
            filter=CardFilter(owner_id=shop), page=PageRequest(_STOCK)
        )
        for card in stock.items:
            if not card.is_held:
                return CardId(card.id)
        await _mint_stock(exchange, shop)


async def _mint_stock(exchange: Exchange, shop: UserId) -> None:
    curator = Actor.of(await registered(exchange, CURATOR))
    common = PrintingFilter(set_code=CODE, rarity="common")
    found = await exchange.cards.search_printings()(
        filter=common, page=PageRequest(1), sort=PrintingSort.NUMBER
    )
    await exchange.cards.mint_cards()(
        printing_id=found.page.items[0].id,
        copies=_STOCK,
        owner_id=shop,
        actor=curator,
        key=IdempotencyKey(f"demo-stock-{exchange.new_id()()}"),
    )


async def _make_solvent(exchange: Exchange, price: Money) -> None:
    ada = await registered(exchange, NEWCOMER)
    wallet = await exchange.ledger.get_wallet()(owner_id=ada.id, actor=Actor.of(ada))
    if not any(price <= account.available for account in wallet.accounts):
        await exchange.ledger.deposit()(
            destination=ada.id,
            money=_ALLOWANCE,
            actor=Actor.of(await registered(exchange, CURATOR)),
            key=IdempotencyKey(f"demo-allowance-{exchange.new_id()()}"),
        )
