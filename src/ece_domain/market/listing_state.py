from enum import StrEnum


class ListingState(StrEnum):
    """Where a listing stands. All but ``active`` are final."""

    ACTIVE = "active"
    SOLD = "sold"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
