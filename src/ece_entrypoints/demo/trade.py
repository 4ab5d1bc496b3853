"""The trade of the demo exchange. It is deterministic: every demo has the same sales."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import Factory, define, frozen

from ece_adapters.genesis import GenesisPrinting
from ece_adapters.genesis import printings as genesis_printings
from ece_domain.cards import (
    CardFilter,
    CardSort,
    CardView,
    Condition,
    ConditionScale,
    PrintingId,
)
from ece_domain.identity import Actor, UserId
from ece_domain.kernel import USD, IdempotencyKey, Money, PageRequest
from ece_domain.market import MAX_LIFETIME, ListingId, PriceDecline, Pricing
from ece_entrypoints.wiring.exchange import Exchange

from .people import COLLECTORS, CURATOR, Person

SAVINGS: Final = Money(5_000_00, USD)
"""The first deposit of each collector."""

_TRADED: Final = genesis_printings()[::5]
"""The printings that have cards."""
_OFTEN_SOLD: Final = 20
"""The number of printings with several sales, so that the price guide has data."""
_USUAL_PRICES: Final = {
    "common": 75, "uncommon": 2_00, "rare": 9_00, "epic": 45_00, "legendary": 320_00,
}  # fmt: skip
_SALES_BEGIN: Final = 16
_SALES_END: Final = 44


@frozen
class Sold:
    """One sale, on a day of the demo's timeline."""

    day: float
    card: CardView
    seller: Person
    buyer: Person
    price: Money


@define
class StoryClock:
    """A ``Clock`` that is set to the days of the demo's timeline."""

    begin: datetime
    day: float = 0

    def __call__(self) -> datetime:
        return self.begin + timedelta(days=self.day)


@frozen(kw_only=True)
class Trade:
    """Deposits, mints, sales and listings, made through the use cases with this clock."""

    exchange: Exchange
    clock: StoryClock
    people: Mapping[Person, UserId]
    printings: Mapping[int, PrintingId]
    _cards: dict[int, Sequence[CardView]] = Factory(dict)

    @property
    def _curator(self) -> Actor:
        return Actor(self.people[CURATOR], CURATOR.role)

    async def run(self) -> None:
        """Do everything, in the order of the days. A step that was done before has no effect."""
        self.clock.day = 2
        for person in COLLECTORS:
            await self._pay_in(person)
        for nth, printing in enumerate(_TRADED):
            self.clock.day = 3 + nth / 10
            await self._mint(nth, printing)
        for sold in sorted(self._sales(), key=lambda sold: sold.day):
            await self._sell(sold)
        for nth, printing in enumerate(_TRADED):
            self.clock.day = _SALES_END + nth / len(_TRADED)
            await self._offer(nth, printing)

    async def _pay_in(self, person: Person) -> None:
        await self.exchange.ledger.deposit()(
            destination=self.people[person],
            money=SAVINGS,
            actor=self._curator,
            key=IdempotencyKey(f"demo-deposit-{person.name}"),
        )

    async def _mint(self, nth: int, printing: GenesisPrinting) -> None:
        printing_id, owner = self.printings[printing.number], self.people[_first_owner(nth)]
        await self.exchange.cards.mint_cards()(
            printing_id=printing_id,
            copies=5 if nth < _OFTEN_SOLD else 2,
            owner_id=owner,
            actor=self._curator,
            key=IdempotencyKey(f"demo-mint-{printing.number}"),
        )
        found = await self.exchange.cards.search_cards()(
            filter=CardFilter(printing_id=printing_id), page=PageRequest(5), sort=CardSort.SERIAL
        )
        self._cards[nth] = found.items
        for card in found.items:
            if card.condition is None and card.owner_id == owner and not card.is_held:
                await self._state_condition(nth, card)

    async def _state_condition(self, nth: int, card: CardView) -> None:
        code = "NM" if (nth + card.serial) % 4 else "LP"
        await self.exchange.cards.assess_condition()(
            card_id=card.id,
            condition=Condition(ConditionScale.TCGPLAYER, code),
            owner_id=card.owner_id,
            expected_version=card.version,
        )

    def _sales(self) -> Iterator[Sold]:
        for nth, printing in enumerate(_TRADED[:_OFTEN_SOLD]):
            seller = _first_owner(nth)
            for time, card in enumerate(self._cards[nth][:3]):
                day = _SALES_BEGIN + (7 * nth + 9 * time) % (_SALES_END - _SALES_BEGIN)
                price = _price(printing, 13 * time)
                yield Sold(day, card, seller, _buyer(nth, time), price)
        # Two friends sell a card to each other; the price guide excludes both sales.
        card, seller, friend = self._cards[0][0], _first_owner(0), _buyer(0, 0)
        yield Sold(_SALES_END - 1, card, friend, seller, _price(_TRADED[0], 40))

    async def _sell(self, sold: Sold) -> None:
        name = f"{sold.card.id}-to-{sold.buyer.name}"
        listing = await self._list(name, sold.card, sold.seller, sold.day, Pricing(sold.price))
        self.clock.day = sold.day + 0.5
        await self.exchange.market.buy_listing()(
            listing_id=listing,
            buyer_id=self.people[sold.buyer],
            key=IdempotencyKey(f"demo-buy-{name}"),
        )

    async def _offer(self, nth: int, printing: GenesisPrinting) -> None:
        """List the last copy at a fixed price, sometimes another one at a declining price."""
        *_, other, last = self._cards[nth]
        owner, now, price = _first_owner(nth), self.clock(), _price(printing, 7)
        await self._list(str(last.id), last, owner, self.clock.day, Pricing(price))
        if nth % 4 == 0:
            floor = Money(price.amount * 3 // 5, USD)
            decline = PriceDecline(floor, starts_at=now, ends_at=now + timedelta(days=30))
            await self._list(str(other.id), other, owner, self.clock.day, Pricing(price, decline))

    async def _list(
        self, name: str, card: CardView, seller: Person, day: float, pricing: Pricing
    ) -> ListingId:
        self.clock.day = day
        answer = await self.exchange.market.create_listing()(
            card_id=card.id,
            seller_id=self.people[seller],
            pricing=pricing,
            expires_at=self.clock() + MAX_LIFETIME,
            key=IdempotencyKey(f"demo-list-{name}"),
        )
        return ListingId(answer.value.id)


def _first_owner(nth: int) -> Person:
    return COLLECTORS[nth % len(COLLECTORS)]


def _buyer(nth: int, time: int) -> Person:
    """Not the first owner, and never the same person twice in a row."""
    others = len(COLLECTORS) - 1
    return COLLECTORS[(nth + 1 + (nth + 4 * time) % others) % len(COLLECTORS)]


def _price(printing: GenesisPrinting, variation: int) -> Money:
    """The usual price of the rarity, varied by up to 20 %."""
    percent = 80 + (7 * printing.number + variation) % 41
    return Money(_USUAL_PRICES[printing.rarity] * percent // 100, USD)
