"""Through whose hands a card went, from its minting on."""

from datetime import datetime
from typing import Final

from attrs import frozen

from ece_domain.identity import UserId

from .settlement import SettlementId

MINTING: Final = "cards.minting"
"""The purpose of a card's first ownership, which no settlement made."""


@frozen(kw_only=True)
class OwnershipPeriod:
    """Whose a card became, when, and for what; it ends where the next one begins."""

    owner_id: UserId
    acquired_at: datetime
    purpose: str
    settlement_id: SettlementId | None
