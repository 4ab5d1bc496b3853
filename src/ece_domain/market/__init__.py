"""The market: listings of cards for sale, and their purchase."""

from .errors import (
    BuyerIsSeller,
    InvalidExpiry,
    InvalidPriceDecline,
    ListingNotActive,
    ListingNotFound,
    PriceAboveMax,
    SellerSuspended,
)
from .events import (
    ListingCancelled,
    ListingCreated,
    ListingExpired,
    ListingPriceChanged,
    ListingTakenDown,
)
from .listing import DEFAULT_LIFETIME, MAX_LIFETIME, SALE_ORIGIN, Listing, ListingId
from .listing_state import ListingState
from .pricing import (
    MIN_PRICE,
    MoneyChange,
    PriceChange,
    PriceDecline,
    PriceDeclineChange,
    Pricing,
)
from .queries import GetListing, GetListingFacets, GetPriceGuide, ListMyListings, SearchListings
from .use_cases.audit_listings import LISTED_CONDITION, AuditListings
from .use_cases.buy_listing import BuyListing
from .use_cases.cancel_listing import CancelListing
from .use_cases.change_listing_price import ChangeListingPrice
from .use_cases.create_listing import CreateListing
from .use_cases.expire_listings import ExpireListings, ExpiryRefused, ListingsExpired
from .use_cases.take_down_listing import TakeDownListing
from .views import ListingFilter, ListingSort, ListingView

__all__ = [
    "DEFAULT_LIFETIME",
    "LISTED_CONDITION",
    "MAX_LIFETIME",
    "MIN_PRICE",
    "SALE_ORIGIN",
    "AuditListings",
    "BuyListing",
    "BuyerIsSeller",
    "CancelListing",
    "ChangeListingPrice",
    "CreateListing",
    "ExpireListings",
    "ExpiryRefused",
    "GetListing",
    "GetListingFacets",
    "GetPriceGuide",
    "InvalidExpiry",
    "InvalidPriceDecline",
    "ListMyListings",
    "Listing",
    "ListingCancelled",
    "ListingCreated",
    "ListingExpired",
    "ListingFilter",
    "ListingId",
    "ListingNotActive",
    "ListingNotFound",
    "ListingPriceChanged",
    "ListingSort",
    "ListingState",
    "ListingTakenDown",
    "ListingView",
    "ListingsExpired",
    "MoneyChange",
    "PriceAboveMax",
    "PriceChange",
    "PriceDecline",
    "PriceDeclineChange",
    "Pricing",
    "SearchListings",
    "SellerSuspended",
    "TakeDownListing",
]
