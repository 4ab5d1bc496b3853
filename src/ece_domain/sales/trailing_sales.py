"""What a seller sold lately, which sets their fees."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from attrs import frozen

from ece_domain.kernel import Money

TRAILING_DAYS: Final = 90
"""How many closed days count as a seller's trailing quarter."""


@frozen
class TrailingSales:
    """What a seller sold in the 90 closed UTC days before a sale: no later sale changes it.

    Once there are enough sales for the highest level, further ones are not counted.
    """

    since: date
    until: date
    """The first day that does not count: the day of the sale."""
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
        """The first moment that does not count."""
        return datetime.combine(self.until, time(), UTC)
