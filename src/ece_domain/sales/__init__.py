"""Sales of cards, whichever way they came about: fees, receipts, and what cards are worth."""

from .cursors import SalePlace
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
    GuideEntry,
    GuideWindow,
    LastSale,
    LeftOut,
    LeftOutReason,
    PricedSale,
    PriceGuide,
    compute_price_guide,
)
from .queries import OwnTrades, ShowSale
from .sale import Sale, SaleId
from .sale_receipt import Receipt
from .stored_sale import KEPT_BY_ID
from .trailing_sales import TrailingPeriod, TrailingSales

__all__ = [
    "BACK_AND_FORTH",
    "CURRENT_FEES",
    "KEPT_BY_ID",
    "SCHEDULES",
    "WINDOWS",
    "Ask",
    "AssetNotAccepted",
    "CardSold",
    "FeeLine",
    "FeeRule",
    "FeeSchedule",
    "GuideEntry",
    "GuideWindow",
    "LastSale",
    "LeftOut",
    "LeftOutReason",
    "OwnTrades",
    "PriceGuide",
    "PriceGuides",
    "PricedSale",
    "Receipt",
    "Royalty",
    "Sale",
    "SaleId",
    "SaleNotFound",
    "SaleOrigin",
    "SalePlace",
    "SaleRepository",
    "SaleSide",
    "SalesHistory",
    "SalesTransaction",
    "SellerLevel",
    "ShowSale",
    "TrailingPeriod",
    "TrailingSales",
    "compute_price_guide",
]
