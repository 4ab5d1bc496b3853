"""The queries of sales."""

from typing import final

from attrs import frozen

from ece_domain.identity import OPERATORS, Actor, UserId
from ece_domain.kernel import ALL_TIME, Begin, Page, PageRequest, TimeRange

from .errors import SaleNotFound
from .ports import SaleSide, SalesTransaction
from .sale import Sale, SaleId


@final
@frozen
class ListMySales:
    """The sales of a user as seller, as buyer, or both, newest first."""

    begin: Begin[SalesTransaction]

    async def __call__(
        self,
        *,
        trader_id: UserId,
        side: SaleSide | None,
        page: PageRequest,
        sold: TimeRange = ALL_TIME,
    ) -> Page[Sale]:
        """:raises InvalidPage: if the position is of another list."""
        async with self.begin() as transaction:
            return await transaction.sales_history.sales_of(trader_id, side, sold, page)


@final
@frozen
class GetSale:
    """A sale with its receipt, for its two sides and the exchange's operators."""

    begin: Begin[SalesTransaction]

    async def __call__(self, *, sale_id: SaleId, actor: Actor) -> Sale:
        """:raises SaleNotFound: if there is none, or the actor took no part in it."""
        async with self.begin() as transaction:
            sale = await transaction.sales.get(sale_id)
        if actor.role not in OPERATORS and actor.id not in {sale.seller_id, sale.buyer_id}:
            raise SaleNotFound(sale_id=sale_id)
        return sale
