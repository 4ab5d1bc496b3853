"""The owners of a card since its minting."""

from datetime import datetime
from typing import Final

from attrs import frozen

from ece_domain.identity import UserId

from .settlement import SettlementId

MINTING: Final = "cards.minting"
"""The purpose of a card's first ownership, which has no settlement."""


@frozen(kw_only=True)
class OwnershipPeriod:
    """A new owner of a card, since when and why; the period ends when the next one begins."""

    owner_id: UserId
    acquired_at: datetime
    purpose: str
    settlement_id: SettlementId | None
