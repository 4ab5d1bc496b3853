"""The market: cards offered at a price, and bought at it."""

from .cursors import PricePlace
from .errors import (
    InvalidDecline,
    InvalidExpiry,
    ListingNotActive,
    ListingNotFound,
    OwnListing,
    PriceChanged,
)
from .events import CardListed, ListingCancelled, ListingExpired, ListingRepriced
from .listing import LONGEST_LIFETIME, SALE_ORIGIN, USUAL_LIFETIME, Listing, ListingId
from .listing_state import ListingState
from .ports import (
    ListableCard,
    ListedCondition,
    ListingRepository,
    MarketReader,
    MarketTransaction,
    PurchaseTerms,
)
from .pricing import LOWEST_PRICE, Decline, Pricing
from .queries import (
    BrowseListings,
    CountListings,
    GetPriceGuide,
    OwnListings,
    ShowListing,
)
from .use_cases.audit_listings import LISTED_CONDITION, AuditListings
from .use_cases.buy_listing import BuyListing
from .use_cases.cancel_listing import CancelListing
from .use_cases.change_listing_price import RepriceListing
from .use_cases.create_listing import ListCard
from .use_cases.expire_listings import ExpireListings, ExpiryRefused, ListingsExpired
from .views import ListingFilter, ListingOrder, ListingView

__all__ = [
    "LISTED_CONDITION",
    "LONGEST_LIFETIME",
    "LOWEST_PRICE",
    "SALE_ORIGIN",
    "USUAL_LIFETIME",
    "AuditListings",
    "BrowseListings",
    "BuyListing",
    "CancelListing",
    "CardListed",
    "CountListings",
    "Decline",
    "ExpireListings",
    "ExpiryRefused",
    "GetPriceGuide",
    "InvalidDecline",
    "InvalidExpiry",
    "ListCard",
    "ListableCard",
    "ListedCondition",
    "Listing",
    "ListingCancelled",
    "ListingExpired",
    "ListingFilter",
    "ListingId",
    "ListingNotActive",
    "ListingNotFound",
    "ListingOrder",
    "ListingRepository",
    "ListingRepriced",
    "ListingState",
    "ListingView",
    "ListingsExpired",
    "MarketReader",
    "MarketTransaction",
    "OwnListing",
    "OwnListings",
    "PriceChanged",
    "PricePlace",
    "Pricing",
    "PurchaseTerms",
    "RepriceListing",
    "ShowListing",
]
