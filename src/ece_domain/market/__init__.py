"""The market: cards offered at a price, and bought at it."""

from .condition import condition_key
from .errors import (
    AssetNotAccepted,
    InvalidDecline,
    InvalidExpiry,
    ListingNotActive,
    ListingNotFound,
    OwnListing,
    PriceChanged,
    SaleNotFound,
)
from .events import CardListed, CardSold, ListingCancelled, ListingExpired, ListingRepriced
from .fees import (
    CURRENT_FEES,
    SCHEDULES,
    FeeLine,
    FeeRule,
    FeeSchedule,
    RecordPeriod,
    Royalty,
    SellerLevel,
    SellerRecord,
)
from .listing import LONGEST_LIFETIME, USUAL_LIFETIME, Listing, ListingId, ListingState
from .places import PricePlace, SalePlace
from .ports import (
    ListableCard,
    ListingRepository,
    MarketReader,
    MarketTransaction,
    PurchaseTerms,
    SaleRepository,
)
from .price_guide import (
    BACK_AND_FORTH,
    WINDOWS,
    Ask,
    GuideEntry,
    GuideWindow,
    LastSale,
    LeftOut,
    LeftOutReason,
    PriceGuide,
    Trade,
    make_guide,
)
from .pricing import LOWEST_PRICE, Decline, Pricing
from .queries import (
    BrowseListings,
    CountListings,
    GuidePrices,
    OwnListings,
    OwnTrades,
    ShowListing,
    ShowSale,
)
from .receipt import Receipt
from .sale import Sale, SaleId
from .use_cases.buy_listing import BuyListing
from .use_cases.cancel_listing import CancelListing
from .use_cases.expire_listings import ExpireListings
from .use_cases.list_card import ListCard
from .use_cases.reprice_listing import RepriceListing
from .views import ListingFilter, ListingOrder, ListingView, SaleSide

__all__ = [
    "BACK_AND_FORTH",
    "CURRENT_FEES",
    "LONGEST_LIFETIME",
    "LOWEST_PRICE",
    "SCHEDULES",
    "USUAL_LIFETIME",
    "WINDOWS",
    "Ask",
    "AssetNotAccepted",
    "BrowseListings",
    "BuyListing",
    "CancelListing",
    "CardListed",
    "CardSold",
    "CountListings",
    "Decline",
    "ExpireListings",
    "FeeLine",
    "FeeRule",
    "FeeSchedule",
    "GuideEntry",
    "GuidePrices",
    "GuideWindow",
    "InvalidDecline",
    "InvalidExpiry",
    "LastSale",
    "LeftOut",
    "LeftOutReason",
    "ListCard",
    "ListableCard",
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
    "MarketReader",
    "MarketTransaction",
    "OwnListing",
    "OwnListings",
    "OwnTrades",
    "PriceChanged",
    "PriceGuide",
    "PricePlace",
    "Pricing",
    "PurchaseTerms",
    "Receipt",
    "RecordPeriod",
    "RepriceListing",
    "Royalty",
    "Sale",
    "SaleId",
    "SaleNotFound",
    "SalePlace",
    "SaleRepository",
    "SaleSide",
    "SellerLevel",
    "SellerRecord",
    "ShowListing",
    "ShowSale",
    "Trade",
    "condition_key",
    "make_guide",
]
