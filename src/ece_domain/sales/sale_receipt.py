"""The receipt of a sale: how the seller's proceeds were computed."""

from collections.abc import Mapping

from attrs import frozen

from ece_domain.kernel import Money

from .fees import SCHEDULES, FeeLine, FeeRule, FeeSchedule, Royalty
from .trailing_sales import TrailingSales


@frozen(kw_only=True)
class SaleReceipt:
    """Every fee of a sale with its inputs: fees and proceeds sum to the price."""

    price: Money
    schedule: int
    """The version of the fee schedule."""
    level: int
    """The seller's level, which sets the transaction fee."""
    trailing_sales: TrailingSales
    royalty: Royalty
    lines: tuple[FeeLine, ...]
    proceeds: Money
    """The amount for the seller."""

    @classmethod
    def issue(
        cls, schedule: FeeSchedule, price: Money, trailing: TrailingSales, royalty: Royalty
    ) -> "SaleReceipt":
        """:raises AssetNotAccepted: if nothing is sold for the price's asset."""
        lines = schedule.charge(price, trailing, royalty)
        return cls(
            price=price,
            schedule=schedule.version,
            level=schedule.level_of(trailing).number,
            trailing_sales=trailing,
            royalty=royalty,
            lines=lines,
            proceeds=Money(price.amount - sum(line.fee.amount for line in lines), price.asset),
        )

    @property
    def commission(self) -> Money:
        """The amount for the exchange."""
        return self.price - self.proceeds - self.royalty_paid

    @property
    def royalty_paid(self) -> Money:
        """The amount for the creator."""
        nothing = Money(0, self.price.asset)
        return sum((line.fee for line in self.lines if line.rule is FeeRule.ROYALTY), nothing)

    def replay(self, schedules: Mapping[int, FeeSchedule] = SCHEDULES) -> "SaleReceipt":
        """The receipt, computed again from the inputs of this one."""
        return SaleReceipt.issue(
            schedules[self.schedule], self.price, self.trailing_sales, self.royalty
        )
