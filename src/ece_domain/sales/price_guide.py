"""The prices of a printing's cards: the specification of every store's price guide.

**A sale counts** unless the same two collectors also traded a card of that printing in the
opposite direction, within 90 days before or after it. Two people can use such sales to fake a
price (wash trading), so the guide excludes them and says how many sales it excluded.

Averages, and medians of an even number of sales, are rounded half up to a whole minor unit.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from attrs import evolve, frozen

from ece_domain.cards import ConditionKey, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Asset, Money

WINDOWS: Final = (1, 7, 30)
"""The length of each window in days; all windows end now."""
BACK_AND_FORTH: Final = timedelta(days=90)
"""How far apart two opposite sales of a printing may be to cancel each other out."""


class ExclusionReason(StrEnum):
    """Why a sale does not count."""

    BACK_AND_FORTH = "back-and-forth"


@frozen
class ExcludedSales:
    """The number of sales of the longest window that do not count, for this reason."""

    reason: ExclusionReason
    sales: int


@frozen
class GuideWindow:
    """The counted sales of the latest days. Without a sale there is no average."""

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
    """The prices of a printing in one condition and one asset."""

    condition: ConditionKey
    asset: Asset
    lowest_ask: Money | None
    last_sale: LastSale | None
    windows: tuple[GuideWindow, ...]
    excluded: tuple[ExcludedSales, ...]


@frozen
class Ask:
    """A price at which a card can be bought now."""

    condition: ConditionKey
    price: Money


@frozen
class PriceGuide:
    """The prices of a printing. Entries are ordered by condition, then by asset."""

    printing_id: PrintingId
    computed_at: datetime
    entries: tuple[GuideEntry, ...]

    def with_asks(self, asks: Iterable[Ask]) -> "PriceGuide":
        """The guide with the lowest ask of each entry; an ask without sales adds an entry."""
        entries = {(entry.condition, entry.asset): entry for entry in self.entries}
        for ask in asks:
            key = (ask.condition, ask.price.asset)
            entry = entries.get(key) or _entry(key, [], [], self.computed_at)
            if entry.lowest_ask is None or ask.price < entry.lowest_ask:
                entries[key] = evolve(entry, lowest_ask=ask.price)
        return evolve(self, entries=tuple(entries[key] for key in sorted(entries, key=_order_of)))


@frozen
class PricedSale:
    """The facts of a sale that the guide needs."""

    condition: ConditionKey
    seller_id: UserId
    buyer_id: UserId
    price: Money
    sold_at: datetime

    def undoes(self, other: "PricedSale") -> bool:
        """Whether the other sale is the same trade in the opposite direction, near in time."""
        return (self.seller_id, self.buyer_id) == (other.buyer_id, other.seller_id) and abs(
            self.sold_at - other.sold_at
        ) <= BACK_AND_FORTH


_Key: TypeAlias = tuple[ConditionKey, Asset]


def compute_price_guide(
    printing_id: PrintingId, sales: Iterable[PricedSale], at: datetime
) -> PriceGuide:
    """The guide at a moment, from all sales of the printing until then; without asks."""
    by_key: dict[_Key, list[PricedSale]] = defaultdict(list)
    by_pair: dict[tuple[UserId, UserId], list[PricedSale]] = defaultdict(list)
    for sale in sales:
        by_key[sale.condition, sale.price.asset].append(sale)
        by_pair[sale.seller_id, sale.buyer_id].append(sale)

    def counts(sale: PricedSale) -> bool:
        return not any(map(sale.undoes, by_pair.get((sale.buyer_id, sale.seller_id), ())))

    entries = (
        _entry(key, by_key[key], list(filter(counts, by_key[key])), at)
        for key in sorted(by_key, key=_order_of)
    )
    return PriceGuide(printing_id, at, tuple(entries))


def _order_of(key: _Key) -> tuple[ConditionKey, str]:
    condition, asset = key
    return condition, str(asset)


def _entry(
    key: _Key, sales: Sequence[PricedSale], counted: Sequence[PricedSale], at: datetime
) -> GuideEntry:
    condition, asset = key
    last = max(counted, key=lambda sale: (sale.sold_at, sale.price.amount), default=None)
    longest = WINDOWS[-1]
    excluded = len(_within(sales, longest, at)) - len(_within(counted, longest, at))
    return GuideEntry(
        condition=condition,
        asset=asset,
        lowest_ask=None,
        last_sale=LastSale(last.price, last.sold_at) if last else None,
        windows=tuple(_window(_within(counted, days, at), days, asset) for days in WINDOWS),
        excluded=(ExcludedSales(ExclusionReason.BACK_AND_FORTH, excluded),) if excluded else (),
    )


def _within(sales: Iterable[PricedSale], days: int, at: datetime) -> list[int]:
    """The prices of the latest days; a sale of exactly that many days ago is outside."""
    earliest = at - timedelta(days=days)
    return sorted(sale.price.amount for sale in sales if sale.sold_at > earliest)


def _window(prices: Sequence[int], days: int, asset: Asset) -> GuideWindow:
    sales = len(prices)
    if not sales:
        return GuideWindow(days, 0, None, None)
    average = (2 * sum(prices) + sales) // (2 * sales)
    median = (prices[(sales - 1) // 2] + prices[sales // 2] + 1) // 2
    return GuideWindow(days, sales, Money(average, asset), Money(median, asset))
