"""Routes of sales and their receipts, for their parties."""

from datetime import date, datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct, field

from ece_domain import sales
from ece_domain.identity import Claims
from ece_domain.sales import SaleId, SaleSide
from ece_entrypoints.http.platform.auth import Caller, signed_in
from ece_entrypoints.http.platform.filters import CREATED, Created
from ece_entrypoints.http.platform.money import Money
from ece_entrypoints.http.platform.pagination import PageBody, Paging
from ece_entrypoints.http.platform.views import Text, UseCase, view

_TAGS = ["Sales"]


class Rate(Struct, frozen=True):
    """A share in parts per million: 90000 is 9 %."""

    ppm: Annotated[int, Meta(examples=[90_000])]


class TrailingSales(Struct, frozen=True, kw_only=True):
    """The seller's sales in the 90 closed UTC days before the sale."""

    since: date
    until: Annotated[date, Meta(description="The first day that does not count.")]
    sales_count: Annotated[int, Meta(description="Up to what the highest level takes.")]
    volume: Money


class Royalty(Struct, frozen=True, kw_only=True):
    """The creator of the card set, and their share."""

    creator_id: UUID
    rate: Rate


class Fee(Struct, frozen=True, kw_only=True):
    """One fee: its rate of the price, rounded half up, or the minimum if that is more.

    It is at most what the fees before it have left of the price.
    """

    rule: Annotated[str, Meta(examples=["transaction"])]
    version: int
    rate: Rate
    minimum: Money
    fee: Money


class SaleReceipt(Struct, frozen=True, kw_only=True):
    """Every fee with its inputs; fees and proceeds sum to the price."""

    price: Money
    schedule: Annotated[int, Meta(description="The version of the fees.")] = field(
        name="fee_schedule_version"
    )
    level: Annotated[int, Meta(description="The seller's, by their trailing sales.")]
    trailing_sales: TrailingSales
    royalty: Royalty
    lines: tuple[Fee, ...] = field(name="fees")
    proceeds: Annotated[Money, Meta(description="What the seller got.")]


class SaleOrigin(Struct, frozen=True, kw_only=True):
    """The origin of the sale: with the kind ``listing``, the id is that of the listing."""

    kind: Annotated[str, Meta(examples=["listing"])]
    id: UUID


class Sale(Struct, frozen=True, kw_only=True):
    """A sale of a card, with its receipt. The settlement has the same id."""

    id: UUID
    origin: SaleOrigin
    card_id: UUID
    printing_id: UUID
    condition: Text
    seller_id: UUID
    buyer_id: UUID
    price: Money
    sold_at: datetime
    receipt: Annotated[
        SaleReceipt | None,
        Meta(
            description="How the seller's proceeds were computed: for the seller and operators."
            " Null for the buyer, who paid the price and nothing else."
        ),
    ]


class SalePage(PageBody[Sale], frozen=True):
    """A page of a user's sales and purchases, newest first."""


Side: TypeAlias = Annotated[
    SaleSide | None, QueryParameter(description="Where you stood; without it, on either side.")
]


@get(
    "/me/sales",
    opt=signed_in,
    operation_id="listMySales",
    summary="See what you sold and bought, newest first",
    tags=_TAGS,
    dependencies=CREATED,
)
async def get_sales(
    *,
    caller: Caller,
    paging: Paging,
    created: Created,
    list_my_sales: UseCase[sales.ListMySales],
    side: Side = None,
) -> Response[SalePage]:
    found = await list_my_sales(
        trader_id=caller.user_id,
        side=side,
        sold=created,
        page=paging.request,
    )
    return paging.answer(SalePage, found, lambda sale: sale_for(caller, sale))


@get(
    "/sales/{sale_id:uuid}",
    opt=signed_in,
    operation_id="getSale",
    summary="See a sale with its receipt: for its two sides, and for operators",
    tags=_TAGS,
)
async def get_sale(
    sale_id: FromPath[UUID], caller: Caller, get_sale: UseCase[sales.GetSale]
) -> Sale:
    sale = await get_sale(sale_id=SaleId(sale_id), actor=caller.actor)
    return sale_for(caller, sale)


def sale_for(caller: Claims, sale: sales.Sale) -> Sale:
    """The sale, with what the caller may see of its receipt."""
    receipt = sale.receipt_for(caller.actor)
    return Sale(
        id=sale.id,
        origin=view(sale.origin, SaleOrigin),
        card_id=sale.card_id,
        printing_id=sale.printing_id,
        condition=Text(sale.condition),
        seller_id=sale.seller_id,
        buyer_id=sale.buyer_id,
        price=view(sale.price, Money),
        sold_at=sale.sold_at,
        receipt=None if receipt is None else view(receipt, SaleReceipt),
    )


routes: list[ControllerRouterHandler] = [get_sales, get_sale]
