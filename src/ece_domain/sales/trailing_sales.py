"""The recent sales of a seller, which decide the seller level."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from attrs import frozen

from ece_domain.kernel import Money

TRAILING_DAYS: Final = 90
"""The length of the trailing period in closed days."""


@frozen
class TrailingSales:
    """A seller's sales in the 90 closed UTC days before a sale; later sales do not change it.

    Sales beyond the number for the highest level are not counted.
    """

    since: date
    until: date
    """The first day after the period: the day of the sale."""
    sales_count: int
    volume: Money


@frozen
class TrailingPeriod:
    """The closed days whose sales count at a moment."""

    since: date
    until: date

    @classmethod
    def before(cls, moment: datetime) -> "TrailingPeriod":
        today = moment.astimezone(UTC).date()
        return cls(today - timedelta(days=TRAILING_DAYS), today)

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.since, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        """The first moment after the period."""
        return datetime.combine(self.until, time(), UTC)
