"""What a store of the market needs besides the public API: ports, their rows and cursors."""

from .cursors import PriceCursor
from .ports import (
    ListableCard,
    ListedCondition,
    ListingRepository,
    MarketReader,
    MarketTransaction,
    PurchaseTerms,
)

__all__ = [
    "ListableCard",
    "ListedCondition",
    "ListingRepository",
    "MarketReader",
    "MarketTransaction",
    "PriceCursor",
    "PurchaseTerms",
]
