"""The fees of the exchange and the royalty of a card's creator.

A schedule is never edited after sales have used it: a change of fees is a new version, so that
every receipt can be computed again.

The seller levels are those of StockX's published table, where a level is reached by the number of
sales *or* by their volume, so that few but expensive sales count too.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import frozen

from ece_domain.identity import UserId
from ece_domain.kernel import USD, Asset, Money, Rate

from .errors import AssetNotAccepted
from .trailing_sales import TrailingSales


@frozen
class SellerLevel:
    """A transaction fee, and the number *or* the volume of trailing sales that earns it."""

    number: int
    sales: int
    volume: Money
    rate: Rate

    def is_reached_by(self, trailing: TrailingSales) -> bool:
        return trailing.sales_count >= self.sales or self.volume <= trailing.volume


@frozen
class Royalty:
    """The share of each sale that the creator of the card set earns."""

    creator_id: UserId
    rate: Rate


class FeeRule(StrEnum):
    """What a fee is for."""

    TRANSACTION = "transaction"
    PROCESSING = "processing"
    ROYALTY = "royalty"


@frozen
class FeeLine:
    """One fee of a sale: the rate of the price rounded half up, or the minimum if that is more.

    A line is at most what the lines before it have left of the price.
    """

    rule: FeeRule
    version: int
    """The version of the fee schedule."""
    rate: Rate
    minimum: Money
    fee: Money


@frozen(kw_only=True)
class FeeSchedule:
    """A version of the fees. It accepts the assets for which it has a minimum fee."""

    version: int
    levels: tuple[SellerLevel, ...]
    """Lowest first; every seller has at least the first one."""
    processing: Rate
    minimum_fees: Mapping[Asset, int]

    @property
    def volume_asset(self) -> Asset:
        """The asset in which the volume of trailing sales is counted."""
        return self.levels[0].volume.asset

    @property
    def enough_sales(self) -> int:
        """The number of sales that earns the highest level; more sales change nothing."""
        return self.levels[-1].sales

    def level_of(self, trailing: TrailingSales) -> SellerLevel:
        return next(level for level in reversed(self.levels) if level.is_reached_by(trailing))

    def minimum_fee(self, asset: Asset) -> Money:
        """:raises AssetNotAccepted: if nothing is sold for this asset."""
        minimum = self.minimum_fees.get(asset)
        if minimum is None:
            raise AssetNotAccepted(asset=str(asset))
        return Money(minimum, asset)

    def charge(
        self, price: Money, trailing: TrailingSales, royalty: Royalty
    ) -> tuple[FeeLine, ...]:
        """The fees of a sale; together they are never more than the price.

        :raises AssetNotAccepted: if nothing is sold for the price's asset.
        """
        nothing = Money(0, price.asset)
        rules = [
            (FeeRule.TRANSACTION, self.level_of(trailing).rate, self.minimum_fee(price.asset)),
            (FeeRule.PROCESSING, self.processing, nothing),
            (FeeRule.ROYALTY, royalty.rate, nothing),
        ]
        left, lines = price, []
        for rule, rate, minimum in rules:
            fee = Money(min(max(rate.of(price).amount, minimum.amount), left.amount), price.asset)
            left -= fee
            lines.append(FeeLine(rule, self.version, rate, minimum, fee))
        return tuple(lines)


SCHEDULES: Final[Mapping[int, FeeSchedule]] = MappingProxyType(
    {
        1: FeeSchedule(
            version=1,
            levels=(
                SellerLevel(1, 0, Money(0, USD), Rate(90_000)),
                SellerLevel(2, 12, Money(1_500_00, USD), Rate(85_000)),
                SellerLevel(3, 40, Money(5_000_00, USD), Rate(80_000)),
                SellerLevel(4, 200, Money(25_000_00, USD), Rate(75_000)),
                SellerLevel(5, 800, Money(100_000_00, USD), Rate(70_000)),
            ),
            processing=Rate(30_000),
            minimum_fees=MappingProxyType({USD: 25}),
        )
    }
)
"""Every schedule, by the version that receipts refer to."""

CURRENT_FEES: Final = SCHEDULES[max(SCHEDULES)]
