"""What a store of sales needs besides the public API: ports, cursors and calculations."""

from .cursors import SaleCursor
from .ports import PriceGuides, SaleRepository, SalesHistory, SalesTransaction
from .price_guide import PricedSale, compute_price_guide
from .stored_sale import STORED_BY_ID
from .trailing_sales import TrailingPeriod

__all__ = [
    "STORED_BY_ID",
    "PriceGuides",
    "PricedSale",
    "SaleCursor",
    "SaleRepository",
    "SalesHistory",
    "SalesTransaction",
    "TrailingPeriod",
    "compute_price_guide",
]
