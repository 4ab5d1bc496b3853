"""The reason for an action against a user or their things."""

from typing import Annotated

from msgspec import Meta, Struct

from ece_domain.kernel import MAX_REASON, Reason


class ActionReason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why: it is recorded, and the user concerned may see it."""

    reason: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=MAX_REASON,
            description="One line.",
            examples=["Sold cards that do not exist"],
        ),
    ]

    def to_domain(self) -> Reason:
        """:raises InvalidReason: if it has control characters, or white space at its ends."""
        return Reason(self.reason)
