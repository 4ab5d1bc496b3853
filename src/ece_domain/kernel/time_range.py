"""The moments between two bounds, for the filters of lists."""

from datetime import datetime

from attrs import frozen


@frozen
class TimeRange:
    """The moments between two, both excluded. None means no bound."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __contains__(self, moment: datetime) -> bool:
        return (self.starts_at is None or self.starts_at < moment) and (
            self.ends_at is None or moment < self.ends_at
        )


ALL_TIME = TimeRange()
