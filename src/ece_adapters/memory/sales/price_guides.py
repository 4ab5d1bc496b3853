from datetime import datetime

from attrs import define

from ece_adapters.memory.cards.tables import CardsTables
from ece_domain.cards import PrintingId, PrintingNotFound
from ece_domain.sales import PriceGuide
from ece_domain.sales.storage import PricedSale, compute_price_guide

from .tables import SalesTables


@define
class MemoryPriceGuides:
    """Reads all sales for every guide: simple rather than fast."""

    _tables: SalesTables
    _cards: CardsTables

    async def price_guide(self, printing_id: PrintingId, now: datetime) -> PriceGuide:
        if printing_id not in self._cards.printings:
            raise PrintingNotFound
        sales = (
            PricedSale(sale.condition, sale.seller_id, sale.buyer_id, sale.price, sale.sold_at)
            for sale in self._tables.sales
            if sale.printing_id == printing_id
        )
        return compute_price_guide(printing_id, sales, now)
