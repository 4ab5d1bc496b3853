from enum import StrEnum


class ListingState(StrEnum):
    """The state of a listing. All but ``active`` are final."""

    ACTIVE = "active"
    SOLD = "sold"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    TAKEN_DOWN = "taken-down"
    """By a moderator."""
