"""Ports of the use cases of every kind of sale."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ece_domain.cards import PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Page, PageRequest, TimeRange
from ece_domain.ledger.storage import LedgerTransaction

from .fees import FeeSchedule
from .price_guide import PriceGuide
from .sale import Sale, SaleId
from .trailing_sales import TrailingPeriod, TrailingSales


class SaleSide(StrEnum):
    """The side of a user in a sale."""

    SELLER = "seller"
    BUYER = "buyer"


class SaleRepository(Protocol):
    """Sales and their receipts, in a transaction. They never change."""

    async def get(self, sale_id: SaleId) -> Sale:
        """:raises SaleNotFound: if there is none."""

    def add(self, sale: Sale) -> None:
        """Store the sale and its event with the transaction. At the transaction's end:

        :raises ConcurrentChange: if there is a sale of the same origin already.
        """


class SalesHistory(Protocol):
    """Reads the sales of a user."""

    async def sales_of(
        self, trader_id: UserId, side: SaleSide | None, sold: TimeRange, page: PageRequest
    ) -> Page[Sale]:
        """The trader's sales on one side or both in a period, newest first."""

    async def trailing_sales(
        self, seller_id: UserId, fees: FeeSchedule, period: TrailingPeriod
    ) -> TrailingSales:
        """The seller's sales in the period, up to the number that counts for the fees."""


class PriceGuides(Protocol):
    """Reads price guides from sales."""

    async def price_guide(self, printing_id: PrintingId, now: datetime) -> PriceGuide:
        """The result of ``compute_price_guide``, without asks.

        :raises PrintingNotFound: if there is no such printing.
        """


class SalesTransaction(LedgerTransaction, Protocol):
    """The transaction of a use case that sells a card."""

    @property
    def sales(self) -> SaleRepository: ...

    @property
    def sales_history(self) -> SalesHistory: ...

    @property
    def price_guides(self) -> PriceGuides: ...
