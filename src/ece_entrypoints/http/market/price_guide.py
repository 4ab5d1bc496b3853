"""The route of the price guide."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct, field

from ece_domain import market
from ece_domain.cards import PrintingId
from ece_entrypoints.http.platform.auth import public
from ece_entrypoints.http.platform.money import Money
from ece_entrypoints.http.platform.views import Text, UseCase, view


class LastSale(Struct, frozen=True):
    """The latest counted sale, at any time in the past."""

    price: Money
    sold_at: datetime


class PriceGuideWindow(Struct, frozen=True):
    """The counted sales of the latest days; average and median are rounded half up."""

    days: Annotated[int, Meta(examples=[7])]
    sales: int = field(name="sales_count")
    average: Money | None
    median: Money | None


class ExcludedSales(Struct, frozen=True):
    """Sales of the latest 30 days that do not count."""

    reason: Annotated[
        Literal["back-and-forth"],
        Meta(description="The same two traded the printing the other way, within 90 days."),
    ]
    sales: int = field(name="sales_count")


class PriceGuideEntry(Struct, frozen=True, kw_only=True):
    """The prices of a printing in one condition and one asset."""

    condition: Annotated[Text, Meta(examples=["PSA 9", "tcgplayer NM", "unstated"])]
    asset: Text
    lowest_ask: Money | None
    last_sale: LastSale | None
    windows: tuple[PriceGuideWindow, ...]
    excluded: tuple[ExcludedSales, ...]


class PriceGuide(Struct, frozen=True, kw_only=True):
    """The prices of a printing, by condition."""

    printing_id: UUID
    computed_at: datetime
    entries: tuple[PriceGuideEntry, ...]


@get(
    "/printings/{printing_id:uuid}/price-guide",
    opt=public,
    operation_id="getPriceGuide",
    summary="Get the price guide of a printing, by condition",
    tags=["Market"],
)
async def get_price_guide(
    printing_id: FromPath[UUID], get_price_guide: UseCase[market.GetPriceGuide]
) -> PriceGuide:
    return view(await get_price_guide(printing_id=PrintingId(printing_id)), PriceGuide)


routes: list[ControllerRouterHandler] = [get_price_guide]
