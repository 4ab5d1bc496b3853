"""Sales and their receipts, for those who took part."""

from datetime import date, datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import sales
from ece_domain.sales import SaleId, SaleSide
from ece_entrypoints.http.platform.auth import Caller, signed_in
from ece_entrypoints.http.platform.money import MoneyOut
from ece_entrypoints.http.platform.pagination import Paging
from ece_entrypoints.http.platform.views import Text, UseCase, view

_TAGS = ["Sales"]


class RateView(Struct, frozen=True):
    """A share in parts per million: 90000 is 9 %."""

    ppm: Annotated[int, Meta(examples=[90_000])]


class TrailingSalesView(Struct, frozen=True, kw_only=True):
    """What the seller sold on the 90 closed UTC days before the sale."""

    since: date
    until: Annotated[date, Meta(description="The first day that does not count.")]
    sales_count: Annotated[int, Meta(description="Up to what the highest level takes.")]
    volume: MoneyOut


class RoyaltyView(Struct, frozen=True, kw_only=True):
    """Who created the card set, and their share."""

    creator_id: UUID
    rate: RateView


class FeeLineView(Struct, frozen=True, kw_only=True):
    """One fee: its rate of the price, half a unit up, or the minimum if that is more.

    It takes no more than the fees before it have left of the price.
    """

    rule: Annotated[str, Meta(examples=["transaction"])]
    version: int
    rate: RateView
    minimum: MoneyOut
    fee: MoneyOut


class ReceiptView(Struct, frozen=True, kw_only=True):
    """Every fee with all that it was computed from; fees and proceeds are the price."""

    price: MoneyOut
    schedule: Annotated[int, Meta(description="The version of the fees.")]
    level: Annotated[int, Meta(description="The seller's, by their trailing sales.")]
    trailing_sales: TrailingSalesView
    royalty: RoyaltyView
    lines: tuple[FeeLineView, ...]
    proceeds: Annotated[MoneyOut, Meta(description="What the seller got.")]


class SaleOriginView(Struct, frozen=True, kw_only=True):
    """What was sold: with the kind ``listing``, the listing of this id."""

    kind: Annotated[str, Meta(examples=["listing"])]
    id: UUID


class SaleView(Struct, frozen=True, kw_only=True):
    """A card that changed hands, and where the money went. The ledger's settlement has its id."""

    id: UUID
    origin: SaleOriginView
    card_id: UUID
    printing_id: UUID
    condition: Text
    seller_id: UUID
    buyer_id: UUID
    price: MoneyOut
    sold_at: datetime
    receipt: ReceiptView


class SalesPage(Struct, frozen=True):
    """A part of somebody's sales and purchases, newest first."""

    data: tuple[SaleView, ...]
    next: str | None


Role: TypeAlias = Annotated[
    SaleSide | None, QueryParameter(description="Where you stood; without it, on either side.")
]


@get(
    "/sales",
    opt=signed_in,
    operation_id="findOwnSales",
    summary="See what you sold and bought, newest first",
    tags=_TAGS,
)
async def get_sales(
    caller: Caller, paging: Paging, list_my_sales: UseCase[sales.ListMySales], role: Role = None
) -> Response[SalesPage]:
    found = await list_my_sales(trader_id=caller.user_id, side=role, page=paging.request)
    return paging.answer(SalesPage, found, SaleView)


@get(
    "/sales/{sale_id:uuid}",
    opt=signed_in,
    operation_id="getSale",
    summary="See a sale with its receipt: for its two sides, and for operators",
    tags=_TAGS,
)
async def get_sale(
    sale_id: FromPath[UUID], caller: Caller, get_sale: UseCase[sales.GetSale]
) -> SaleView:
    sale = await get_sale(sale_id=SaleId(sale_id), actor=caller.actor)
    return view(sale, SaleView)


routes: list[ControllerRouterHandler] = [get_sales, get_sale]
