"""What the use cases of every kind of sale ask of a store."""

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
    """Where somebody stood in a sale."""

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
    """What somebody sold and bought."""

    async def sales_of(
        self, trader_id: UserId, side: SaleSide | None, sold: TimeRange, page: PageRequest
    ) -> Page[Sale]:
        """The sales of a time in which the trader stood on the side, or on either; newest first."""

    async def trailing_sales(
        self, seller_id: UserId, fees: FeeSchedule, period: TrailingPeriod
    ) -> TrailingSales:
        """What the seller sold in the period, as far as it counts for the fees."""


class PriceGuides(Protocol):
    """What cards are worth, by what they were sold for."""

    async def price_guide(self, printing_id: PrintingId, now: datetime) -> PriceGuide:
        """As ``compute_price_guide`` says, without any asks.

        :raises PrintingNotFound: if there is no such printing.
        """


class SalesTransaction(LedgerTransaction, Protocol):
    """What a use case that sells a card needs of its transaction."""

    @property
    def sales(self) -> SaleRepository: ...

    @property
    def sales_history(self) -> SalesHistory: ...

    @property
    def price_guides(self) -> PriceGuides: ...
