"""Sales of cards of any origin: fees, receipts, trailing sales and the price guide."""

from .errors import AssetNotAccepted, SaleNotFound
from .events import CardSold
from .fees import CURRENT_FEES, SCHEDULES, FeeLine, FeeRule, FeeSchedule, Royalty, SellerLevel
from .origin import SaleOrigin
from .ports import SaleSide
from .price_guide import (
    WINDOWS,
    Ask,
    ExcludedSales,
    ExclusionReason,
    GuideEntry,
    GuideWindow,
    LastSale,
    PriceGuide,
)
from .queries import GetSale, ListMySales
from .sale import Sale, SaleId
from .sale_receipt import SaleReceipt
from .trailing_sales import TrailingSales

__all__ = [
    "CURRENT_FEES",
    "SCHEDULES",
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
    "Royalty",
    "Sale",
    "SaleId",
    "SaleNotFound",
    "SaleOrigin",
    "SaleReceipt",
    "SaleSide",
    "SellerLevel",
    "TrailingSales",
]
