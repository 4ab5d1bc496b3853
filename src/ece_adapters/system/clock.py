from datetime import UTC, datetime


def now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)
