"""A clock that tests set."""

from datetime import UTC, datetime, timedelta

from attrs import define


@define
class SettableClock:
    """A ``Clock`` with a fixed time, which tests change."""

    moment: datetime = datetime(2026, 7, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> datetime:
        """Advance by ``timedelta(**by)``."""
        self.moment += timedelta(**by)
        return self.moment
