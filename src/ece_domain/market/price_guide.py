"""What cards of a printing are worth: the meaning that every store's guide obeys.

**A sale counts** unless the same two collectors also traded a card of that printing the other way
round, within 90 days before or after it. Cards that go back and forth between two people, to make
a price look higher than it is, so leave no trace; the guide says how many sales it left out.

Averages, and medians of an even number of sales, are rounded half up to a whole minor unit.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from attrs import frozen

from ece_domain.cards import PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Asset, Money

WINDOWS: Final = (1, 7, 30)
"""The days that a guide looks back, each window ending now."""
BACK_AND_FORTH: Final = timedelta(days=90)
"""How far apart two opposite sales of a printing may be to cancel each other out."""


class LeftOutReason(StrEnum):
    """Why a sale does not count."""

    BACK_AND_FORTH = "back-and-forth"


@frozen
class LeftOut:
    """So many sales of the longest window do not count, for this reason."""

    reason: LeftOutReason
    sales: int


@frozen
class GuideWindow:
    """The sales that count of the latest days. Without a sale there is no average."""

    days: int
    sales: int
    average: Money | None
    median: Money | None


@frozen
class LastSale:
    price: Money
    sold_at: datetime


@frozen(kw_only=True)
class GuideEntry:
    """What a printing is worth in one condition, in one asset."""

    condition: str
    asset: Asset
    lowest_ask: Money | None
    last_sale: LastSale | None
    windows: tuple[GuideWindow, ...]
    left_out: tuple[LeftOut, ...]


@frozen
class PriceGuide:
    """What a printing is worth. Entries are ordered by condition, then by asset."""

    printing_id: PrintingId
    at: datetime
    entries: tuple[GuideEntry, ...]


@frozen
class Ask:
    """A price at which a card can be bought now."""

    condition: str
    price: Money


@frozen
class Trade:
    """A sale, as far as the guide is concerned."""

    condition: str
    seller: UserId
    buyer: UserId
    price: Money
    sold_at: datetime

    def undoes(self, other: "Trade") -> bool:
        """Whether this is the other half of going back and forth."""
        return (self.seller, self.buyer) == (other.buyer, other.seller) and abs(
            self.sold_at - other.sold_at
        ) <= BACK_AND_FORTH


def make_guide(
    printing_id: PrintingId, asks: Iterable[Ask], trades: Iterable[Trade], at: datetime
) -> PriceGuide:
    """The guide at a moment, from what is asked then and all sales of the printing until then."""
    lowest = _lowest_asks(asks)
    by_key: dict[tuple[str, Asset], list[Trade]] = defaultdict(list)
    by_pair: dict[tuple[UserId, UserId], list[Trade]] = defaultdict(list)
    for trade in trades:
        by_key[trade.condition, trade.price.asset].append(trade)
        by_pair[trade.seller, trade.buyer].append(trade)

    def counts(trade: Trade) -> bool:
        return not any(map(trade.undoes, by_pair.get((trade.buyer, trade.seller), ())))

    return PriceGuide(
        printing_id,
        at,
        tuple(
            _entry(key, lowest.get(key), by_key.get(key, []), counts, at)
            for key in sorted(lowest.keys() | by_key.keys(), key=lambda key: (key[0], str(key[1])))
        ),
    )


def _lowest_asks(asks: Iterable[Ask]) -> dict[tuple[str, Asset], Money]:
    lowest: dict[tuple[str, Asset], Money] = {}
    for ask in asks:
        key = (ask.condition, ask.price.asset)
        if key not in lowest or ask.price < lowest[key]:
            lowest[key] = ask.price
    return lowest


def _entry(
    key: tuple[str, Asset],
    lowest_ask: Money | None,
    trades: Sequence[Trade],
    counts: Callable[[Trade], bool],
    at: datetime,
) -> GuideEntry:
    condition, asset = key
    counted = [trade for trade in trades if counts(trade)]
    last = max(counted, key=lambda trade: (trade.sold_at, trade.price.amount), default=None)
    longest = WINDOWS[-1]
    left_out = len(_within(trades, longest, at)) - len(_within(counted, longest, at))
    return GuideEntry(
        condition=condition,
        asset=asset,
        lowest_ask=lowest_ask,
        last_sale=LastSale(last.price, last.sold_at) if last else None,
        windows=tuple(_window(_within(counted, days, at), days, asset) for days in WINDOWS),
        left_out=(LeftOut(LeftOutReason.BACK_AND_FORTH, left_out),) if left_out else (),
    )


def _within(trades: Iterable[Trade], days: int, at: datetime) -> list[int]:
    """The prices of the latest days; a sale of exactly that many days ago has dropped out."""
    earliest = at - timedelta(days=days)
    return sorted(trade.price.amount for trade in trades if trade.sold_at > earliest)


def _window(prices: Sequence[int], days: int, asset: Asset) -> GuideWindow:
    sales = len(prices)
    if not sales:
        return GuideWindow(days, 0, None, None)
    average = (2 * sum(prices) + sales) // (2 * sales)
    median = (prices[(sales - 1) // 2] + prices[sales // 2] + 1) // 2
    return GuideWindow(days, sales, Money(average, asset), Money(median, asset))
