"""Time that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

from attrs import define


@define
class SettableClock:
    """A ``Clock``: noon of a summer's day, until told otherwise."""

    moment: datetime = datetime(2026, 7, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> datetime:
        """Move on by ``timedelta(**by)``."""
        self.moment += timedelta(**by)
        return self.moment
