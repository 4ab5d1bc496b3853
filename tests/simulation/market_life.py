"""What sellers and buyers do, and what must be true of every listing and sale."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from attrs import define, field

from ece_domain import market
from ece_domain.cards import (
    Card,
    CardId,
    CardSet,
    CardSetId,
    Design,
    Finish,
    Printing,
    PrintingId,
    Rarity,
    Release,
    SetCode,
)
from ece_domain.kernel import USD, Money, Rate
from ece_domain.ledger import HoldState
from ece_domain.market import Decline, ListingId, ListingState, Pricing, Sale

from .world import CARDS, LIFETIMES, Violated, World


@define
class MarketLife:
    """Listings that are bought, repriced, cancelled and left to expire, all at the same time."""

    world: World
    cards: list[CardId] = field(factory=list)
    listings: list[ListingId] = field(factory=list)

    async def set_up(self) -> None:
        world = self.world
        card_set = CardSet.create(
            CardSetId(world.new_id()),
            code=SetCode("sim"),
            issuer=world.users[0],
            creator=world.users[0],
            royalty=Rate(33_333),
            release=Release(
                name="Simulated",
                rarities=(Rarity("common", "Common", 1),),
                finishes=(Finish("plain", "Plain", 1),),
            ),
            now=world.clock(),
        )
        printing = Printing.add(
            PrintingId(world.new_id()),
            card_set=card_set,
            design=Design(number="1", name="Ash Fox", rarity="common", finish="plain"),
            print_run=None,
            now=world.clock(),
        )
        async with world.store.begin() as transaction:
            transaction.card_sets.save(card_set)
        async with world.store.begin() as transaction:
            transaction.printings.save(printing)
        for serial in range(1, CARDS + 1):
            owner = world.chance.choice(world.users)
            card = Card(
                id=CardId(world.new_id()),
                printing=printing.id,
                serial=serial,
                owner=owner,
                minted_to=owner,
                minted_at=world.clock(),
                assessment=None,
            )
            async with world.store.begin() as transaction:
                await transaction.cards.add([card])
            self.cards.append(card.id)

    def actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (
            self.offer,
            self.offer,
            self.offer,
            self.buy,
            self.buy,
            self.buy,
            self.buy,
            self.reprice,
            self.cancel,
            self.expire,
        )

    async def offer(self) -> None:
        world = self.world
        use_case = market.ListCard(
            world.store.begin, world.clock, world.new_id, market.CURRENT_FEES
        )
        card = world.chance.choice(self.cards)
        possession = world.store.database.ledger.possessions.get(card)
        if possession is None:
            raise Violated(f"nobody has card {card}")
        # Now and then somebody offers what is not theirs.
        stranger = world.chance.random() < 0.1
        seller = world.chance.choice(world.users) if stranger else possession.owner
        expires_at = world.clock() + timedelta(seconds=world.chance.choice(LIFETIMES))
        pricing = self._pricing()
        listing = await world.ask(
            lambda key: use_case(
                card_id=card, seller=seller, pricing=pricing, expires_at=expires_at, key=key
            ),
            world.key(),
        )
        self.listings.append(listing.id)

    async def buy(self) -> None:
        world = self.world
        use_case = market.BuyListing(
            world.store.begin, world.clock, world.new_id, market.CURRENT_FEES
        )
        if self.listings:
            listing_id, buyer = self._some_listing(), world.chance.choice(world.users)
            most = world.chance.choice((None, Money(60, USD)))
            await world.ask(
                lambda key: use_case(listing_id=listing_id, buyer=buyer, most=most, key=key),
                world.key(),
            )

    async def reprice(self) -> None:
        world = self.world
        use_case = market.RepriceListing(world.store.begin, world.clock, market.CURRENT_FEES)
        if self.listings:
            listing = self._stored(self._some_listing())
            await use_case(
                listing_id=listing.id,
                seller=listing.seller,
                pricing=self._pricing(),
                expected_version=listing.version,
            )

    async def cancel(self) -> None:
        world = self.world
        use_case = market.CancelListing(world.store.begin, world.clock, world.new_id)
        if self.listings:
            listing = self._stored(self._some_listing())
            await world.ask(
                lambda key: use_case(listing_id=listing.id, seller=listing.seller, key=key),
                world.key(),
            )

    async def expire(self) -> None:
        world = self.world
        await market.ExpireListings(world.store.begin, world.clock, world.new_id)()

    def check(self) -> None:
        database = self.world.store.database
        for listing in database.market.listings:
            hold = database.ledger.holds.get(listing.hold.id)
            is_active = listing.state is ListingState.ACTIVE
            if hold is None or (hold.state is HoldState.OPEN) != is_active:
                raise Violated(f"listing and hold disagree: {listing.state} {hold}")
        for sale in database.market.sales:
            self._check_sale(sale)

    async def settle_down(self) -> None:
        await self.expire()

    def check_at_the_end(self) -> None:
        database = self.world.store.database
        now = self.world.clock()
        for listing in database.market.listings:
            if listing.state is ListingState.ACTIVE and listing.expires_at <= now:
                raise Violated(f"stuck: {listing}")
        told = [published.event for published in database.outbox]
        sold = [event.sale_id for event in told if isinstance(event, market.CardSold)]
        kept = [sale.id for sale in database.market.sales]
        if sorted(sold) != sorted(kept):
            raise Violated(f"{len(sold)} sales were told of, {len(kept)} are there")
        for answer in self.world.answers.values():
            if isinstance(answer, Sale) and answer.id not in kept:
                raise Violated("a sale was acknowledged, and is not there")

    def _check_sale(self, sale: Sale) -> None:
        database = self.world.store.database
        listing = self._stored(ListingId(sale.listing_id))
        if sale.sold_at >= listing.expires_at:
            raise Violated(f"sold after its time: {sale}")
        receipt = sale.receipt
        if sum(line.fee.amount for line in receipt.lines) + receipt.proceeds.amount != (
            sale.price.amount
        ):
            raise Violated(f"fees and proceeds are not the price: {receipt}")
        if receipt.replay() != receipt:
            raise Violated(f"a receipt cannot be computed again: {receipt}")
        settled = database.ledger.settlements.get(sale.id)
        if settled is None:
            raise Violated(f"a sale without its settlement: {sale}")
        paid = -sum(
            entry.amount
            for entry in settled.settled.entries
            if entry.account.owner == str(sale.buyer)
        )
        # The buyer may be the creator of the set, who keeps the royalty.
        if paid not in (sale.price.amount, sale.price.amount - receipt.royalty_paid.amount):
            raise Violated(f"the price is {sale.price}, and {paid} was paid")

    def _stored(self, listing_id: ListingId) -> market.Listing:
        listing = self.world.store.database.market.listings.get(listing_id)
        if listing is None:
            raise Violated(f"listing {listing_id} is gone")
        return listing

    def _some_listing(self) -> ListingId:
        return self.world.chance.choice(self.listings[-5:])

    def _pricing(self) -> Pricing:
        price = self.world.chance.choice((26, 51, 77, 130, 333))
        if self.world.chance.random() < 0.3:
            starts_at = self.world.clock()
            ends_at = starts_at + timedelta(seconds=3)
            return Pricing(Money(price, USD), Decline(Money(13, USD), starts_at, ends_at))
        return Pricing(Money(price, USD))
