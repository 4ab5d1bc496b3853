"""Sellers and buyers: listings and purchases, and their invariants."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from uuid import UUID

from attrs import define, field

from ece_domain import market
from ece_domain.cards import (
    CONDITIONS,
    AssessCondition,
    Card,
    CardId,
    Condition,
    ConditionKey,
    ConditionScale,
    PrintingId,
)
from ece_domain.kernel import USD, Money
from ece_domain.ledger import CardTransfer, Hold, HoldId, HoldPurpose, HoldState
from ece_domain.market import ListingId, ListingState, PriceDecline, Pricing
from ece_domain.sales import CURRENT_FEES, CardSold, Sale

from .card_supply import card_set_with_printing
from .changes import TableChanges
from .process import Process
from .world import LIFETIMES, Violated, World, at_once

CARDS = 8


@define(eq=False)
class MarketLife:
    """Listings that are bought, changed, cancelled and expire concurrently."""

    share = 7

    world: World
    cards: list[CardId] = field(factory=list)
    listings: list[ListingId] = field(factory=list)
    _changed_listings: TableChanges[UUID, market.Listing] = field(init=False)
    _changed_sales: TableChanges[UUID, Sale] = field(init=False)
    _changed_holds: TableChanges[HoldId, Hold] = field(init=False)

    def __attrs_post_init__(self) -> None:
        database = self.world.store.database
        self._changed_listings = TableChanges(database.market.listings)
        self._changed_sales = TableChanges(database.sales.sales)
        self._changed_holds = TableChanges(database.ledger.holds)

    async def start(self, process: Process) -> SimpleNamespace:
        begin, clock, new_id = self.world.store.begin, self.world.clock, self.world.new_id
        fees = CURRENT_FEES
        return SimpleNamespace(
            offer=market.CreateListing(begin, clock, new_id, fees),
            buy=market.BuyListing(begin, clock, new_id, fees),
            reprice=market.ChangeListingPrice(begin, clock, fees),
            cancel=market.CancelListing(begin, clock, new_id),
            expire_listings=market.ExpireListings(begin, clock, new_id),
            assess=AssessCondition(begin, clock),
        )

    async def set_up(self) -> None:
        world = self.world
        card_set, printing = card_set_with_printing(world, "sim", royalty_ppm=33_333)
        cards = [self._card(printing.id, serial) for serial in range(1, CARDS + 1)]
        async with world.store.begin() as transaction:
            transaction.card_sets.save(card_set)
            transaction.printings.save(printing)
            await transaction.cards.add(cards)
        self.cards += [card.id for card in cards]

    def actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (
            self.offer,
            self.offer,
            self.offer,
            self.buy,
            self.buy,
            self.buy,
            self.buy,
            self.buy,
            self.reprice,
            self.reprice,
            self.cancel,
            self.expire,
            self.assess,
        )

    async def offer(self) -> None:
        await self._offer(self.world.chance.choice(self.cards))

    async def _offer(self, card: CardId) -> None:
        world = self.world
        card_ownership = world.store.database.ledger.card_ownerships.get(card)
        if card_ownership is None:
            raise Violated(f"nobody has card {card}")
        # Now and then somebody offers what is not theirs.
        stranger = world.chance.random() < 0.1
        seller = world.chance.choice(world.users) if stranger else card_ownership.owner_id
        expires_at = world.clock() + timedelta(seconds=world.chance.choice(LIFETIMES))
        listing = await world.ask(
            self,
            "offer",
            card_id=card,
            seller_id=seller,
            pricing=self._pricing(),
            expires_at=expires_at,
        )
        self.listings.append(listing.id)
        buy, cancel = partial(self._buy, listing.id), partial(self._cancel, listing.id)
        world.expires(
            listing.expires_at,
            lambda: self._stored(listing.id).state is ListingState.ACTIVE,
            self.expire,
            buy,
            buy,
            buy,
            cancel,
            partial(self._offer, card),
        )

    async def buy(self) -> None:
        if self.listings:
            await self._buy(self._some_listing())

    async def reprice(self) -> None:
        """Change a price; sometimes twice at once, and one of the two is refused."""
        if self.listings:
            listing = self._stored(self._some_listing())
            windows = self.world.chance.choice((1, 1, 2))
            await at_once(*(self._reprice(listing) for _ in range(windows)))

    async def cancel(self) -> None:
        if self.listings:
            await self._cancel(self._some_listing())

    async def expire(self) -> None:
        await self.world.call(self, "expire_listings")

    async def assess(self) -> None:
        """Assess a worse condition, perhaps while the card is being listed."""
        card = self.world.chance.choice(self.cards)
        if self.world.chance.random() < 0.5:
            await self._assess(card)
        else:
            await at_once(self._assess(card), self._offer(card))

    async def _assess(self, card_id: CardId) -> None:
        world = self.world
        card = world.store.database.cards.cards.get(card_id)
        card_ownership = card and world.store.database.ledger.card_ownerships.get(card.id)
        if card is None or card_ownership is None:
            raise Violated("a card is gone")
        codes = list(CONDITIONS[ConditionScale.TCGPLAYER])
        await world.call(
            self,
            "assess",
            card_id=card.id,
            condition=Condition(ConditionScale.TCGPLAYER, world.chance.choice(codes)),
            owner_id=card_ownership.owner_id,
            expected_version=card.version,
        )

    def check(self) -> None:
        database = self.world.store.database
        for _, listing in self._changed_listings.look():
            self._check_listing(listing)
        for _, hold in self._changed_holds.look():
            listing = database.market.listings.get(hold.id)
            if hold.purpose is HoldPurpose.LISTING and listing is None:
                raise Violated(f"a hold without its listing: {hold}")
            if listing is not None:
                self._check_listing(listing)
        for _, sale in self._changed_sales.look():
            self._check_sale(sale)

    async def settle_down(self) -> None:
        await self.expire()

    def check_at_the_end(self) -> None:
        database = self.world.store.database
        now = self.world.clock()
        for listing in database.market.listings:
            self._check_listing(listing)
            if listing.state is ListingState.ACTIVE and listing.expires_at <= now:
                raise Violated(f"stuck: {listing}")
        for sale in database.sales.sales:
            self._check_sale(sale)
        told = list(database.outbox.everything())
        sold = [event.sale_id for event in told if isinstance(event, CardSold)]
        kept = [sale.id for sale in database.sales.sales]
        if sorted(sold) != sorted(kept):
            raise Violated(f"{len(sold)} sales were told of, {len(kept)} are there")
        for answer in self.world.answers.values():
            if isinstance(answer, Sale) and answer.id not in kept:
                raise Violated("a sale was acknowledged, and is not there")

    def _check_listing(self, listing: market.Listing) -> None:
        database = self.world.store.database
        hold = database.ledger.holds.get(listing.hold.id)
        is_active = listing.state is ListingState.ACTIVE
        if hold is None or (hold.state is HoldState.OPEN) != is_active:
            raise Violated(f"listing and hold disagree: {listing.state} {hold}")
        card = database.cards.cards.get(listing.card_id)
        if is_active and (card is None or listing.condition != ConditionKey.of(card.assessment)):
            raise Violated(f"not the condition of its card: {listing.condition} {card}")
        is_sold = listing.state is ListingState.SOLD
        if is_sold != (listing.as_origin in database.sales.by_origin):
            raise Violated(f"sold or not: {listing}")

    def _check_sale(self, sale: Sale) -> None:
        database = self.world.store.database
        listing = self._stored(ListingId(sale.origin.id))
        if sale.sold_at >= listing.expires_at:
            raise Violated(f"sold after its time: {sale}")
        receipt = sale.receipt
        if sum(line.fee.amount for line in receipt.lines) + receipt.proceeds.amount != (
            sale.price.amount
        ):
            raise Violated(f"fees and proceeds are not the price: {receipt}")
        if receipt.replay() != receipt:
            raise Violated(f"a receipt cannot be computed again: {receipt}")
        recorded = database.ledger.settlements.get(sale.id)
        if recorded is None:
            raise Violated(f"a sale without its settlement: {sale}")
        settled = recorded.receipt
        if settled.card_transfers != (CardTransfer(sale.card_id, sale.seller_id, sale.buyer_id),):
            raise Violated(f"the card did not go to its buyer alone: {settled}")
        paid = -sum(
            entry.amount for entry in settled.entries if entry.account.owner == str(sale.buyer_id)
        )
        # The buyer may be the creator of the set, who keeps the royalty.
        if paid not in (sale.price.amount, sale.price.amount - receipt.royalty_paid.amount):
            raise Violated(f"the price is {sale.price}, and {paid} was paid")

    async def _buy(self, listing_id: ListingId) -> None:
        world = self.world
        max_price = world.chance.choice((None, Money(60, USD)))
        buyer = world.chance.choice(world.users)
        await world.ask(self, "buy", listing_id=listing_id, buyer_id=buyer, max_price=max_price)

    async def _reprice(self, listing: market.Listing) -> None:
        await self.world.call(
            self,
            "reprice",
            listing_id=listing.id,
            seller_id=listing.seller_id,
            change=market.PriceChange.to(self._pricing()),
            expected_version=listing.version,
        )

    async def _cancel(self, listing_id: ListingId) -> None:
        seller = self._stored(listing_id).seller_id
        await self.world.ask(self, "cancel", listing_id=listing_id, seller_id=seller)

    def _card(self, printing: PrintingId, serial: int) -> Card:
        owner = self.world.chance.choice(self.world.users)
        return Card(
            id=CardId(self.world.new_id()),
            printing_id=printing,
            serial=serial,
            owner_id=owner,
            minted_to_id=owner,
            minted_at=self.world.clock(),
            updated_at=self.world.clock(),
            assessment=None,
        )

    def _stored(self, listing_id: ListingId) -> market.Listing:
        listing = self.world.store.database.market.listings.get(listing_id)
        if listing is None:
            raise Violated(f"listing {listing_id} is gone")
        return listing

    def _some_listing(self) -> ListingId:
        """A listing, preferably one that is shown as active; it may have ended since."""
        latest = self.listings[-8:]
        active = [each for each in latest if self._stored(each).state is ListingState.ACTIVE]
        is_odd = not active or self.world.chance.random() < 0.3
        return self.world.chance.choice(latest if is_odd else active)

    def _pricing(self) -> Pricing:
        price = self.world.chance.choice((26, 51, 77, 130, 333))
        if self.world.chance.random() < 0.3:
            starts_at = self.world.clock()
            ends_at = starts_at + timedelta(seconds=3)
            return Pricing(Money(price, USD), PriceDecline(Money(13, USD), starts_at, ends_at))
        return Pricing(Money(price, USD))
