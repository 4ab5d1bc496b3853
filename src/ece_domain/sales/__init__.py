"""Sales of cards, whichever way they came about: fees, receipts, and what cards are worth."""

from .cursors import SaleCursor
from .errors import AssetNotAccepted, SaleNotFound
from .events import CardSold
from .fees import (
    CURRENT_FEES,
    SCHEDULES,
    FeeLine,
    FeeRule,
    FeeSchedule,
    Royalty,
    SellerLevel,
)
from .origin import SaleOrigin
from .ports import PriceGuides, SaleRepository, SalesHistory, SaleSide, SalesTransaction
from .price_guide import (
    BACK_AND_FORTH,
    WINDOWS,
    Ask,
    ExcludedSales,
    ExclusionReason,
    GuideEntry,
    GuideWindow,
    LastSale,
    PricedSale,
    PriceGuide,
    compute_price_guide,
)
from .queries import GetSale, ListMySales
from .sale import Sale, SaleId
from .sale_receipt import SaleReceipt
from .stored_sale import STORED_BY_ID
from .trailing_sales import TrailingPeriod, TrailingSales

__all__ = [
    "BACK_AND_FORTH",
    "CURRENT_FEES",
    "SCHEDULES",
    "STORED_BY_ID",
    "WINDOWS",
    "Ask",
    "AssetNotAccepted",
    "CardSold",
    "ExcludedSales",
    "ExclusionReason",
    "FeeLine",
    "FeeRule",
    "FeeSchedule",
    "GetSale",
    "GuideEntry",
    "GuideWindow",
    "LastSale",
    "ListMySales",
    "PriceGuide",
    "PriceGuides",
    "PricedSale",
    "Royalty",
    "Sale",
    "SaleCursor",
    "SaleId",
    "SaleNotFound",
    "SaleOrigin",
    "SaleReceipt",
    "SaleRepository",
    "SaleSide",
    "SalesHistory",
    "SalesTransaction",
    "SellerLevel",
    "TrailingPeriod",
    "TrailingSales",
    "compute_price_guide",
]
