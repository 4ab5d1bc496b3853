"""Why the seller of a card got what they got."""

from collections.abc import Mapping

from attrs import frozen

from ece_domain.kernel import Money

from .fees import SCHEDULES, FeeLine, FeeRule, FeeSchedule, Royalty
from .trailing_sales import TrailingSales


@frozen(kw_only=True)
class SaleReceipt:
    """Every fee of a sale with all that it was computed from: fees and proceeds are the price."""

    price: Money
    schedule: int
    """The version of the fees."""
    level: int
    """The seller's, which sets the transaction fee."""
    trailing_sales: TrailingSales
    royalty: Royalty
    lines: tuple[FeeLine, ...]
    proceeds: Money
    """What the seller got."""

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
        """What the house got."""
        return self.price - self.proceeds - self.royalty_paid

    @property
    def royalty_paid(self) -> Money:
        """What the creator got."""
        nothing = Money(0, self.price.asset)
        return sum((line.fee for line in self.lines if line.rule is FeeRule.ROYALTY), nothing)

    def replay(self, schedules: Mapping[int, FeeSchedule] = SCHEDULES) -> "SaleReceipt":
        """This receipt, computed again from its inputs."""
        return SaleReceipt.issue(
            schedules[self.schedule], self.price, self.trailing_sales, self.royalty
        )
