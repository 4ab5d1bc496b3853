"""Cards to put up, to reprice, to take back and to buy."""

from typing import Annotated
from uuid import UUID

from litestar import Response, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import kernel, market
from ece_domain.cards import CardId
from ece_domain.market import ListingId, PriceDecline, Pricing
from ece_entrypoints.http.platform.auth import Caller, signed_in
from ece_entrypoints.http.platform.conditional import IfMatch, tagged
from ece_entrypoints.http.platform.idempotency import Key, answered
from ece_entrypoints.http.platform.json_body import Timestamp
from ece_entrypoints.http.platform.money import MoneyIn
from ece_entrypoints.http.platform.problems import problems
from ece_entrypoints.http.platform.views import UseCase, view
from ece_entrypoints.http.sales.sales import SaleView

from .listings import ListingView

_TAGS = ["Market"]


class DeclineBody(Struct, frozen=True, forbid_unknown_fields=True):
    """How far the price falls in a straight line, and between which moments."""

    floor: MoneyIn
    starts_at: Timestamp
    ends_at: Timestamp

    def to_domain(self) -> PriceDecline:
        return PriceDecline(self.floor.to_domain(), self.starts_at, self.ends_at)


class PricingBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A fixed price, or with ``decline`` one that falls from there."""

    price: MoneyIn
    decline: DeclineBody | None = None

    def to_domain(self) -> Pricing:
        falling = None if self.decline is None else self.decline.to_domain()
        return Pricing(self.price.to_domain(), falling)


class ListingBody(PricingBody, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A card of yours, and what you ask for it."""

    card_id: UUID
    expires_at: Annotated[Timestamp, Meta(description="In 90 days unless you say so.")] | None = (
        None
    )


class PurchaseBody(Struct, frozen=True, forbid_unknown_fields=True):
    """How far you would go: you pay the price of the moment, and never more than this."""

    max_price: MoneyIn | None = None


@post(
    "/listings",
    opt=signed_in,
    operation_id="listCard",
    summary="Offer a card of yours for sale",
    tags=_TAGS,
    responses=problems(kernel.AmountOutOfBounds, kernel.AssetMismatch, market.InvalidPriceDecline),
)
async def create_listing(
    data: JSONBody[ListingBody],
    caller: Caller,
    key: Key,
    create_listing: UseCase[market.CreateListing],
) -> Response[ListingView]:
    result = await create_listing(
        card_id=CardId(data.card_id),
        seller_id=caller.user_id,
        pricing=data.to_domain(),
        expires_at=data.expires_at,
        key=key,
    )
    location = f"/v1/listings/{result.value.id}"
    response = answered(result, view(result.value, ListingView), location=location)
    response.headers["ETag"] = f'"{result.value.version}"'
    return response


@patch(
    "/listings/{listing_id:uuid}",
    opt=signed_in,
    operation_id="repriceListing",
    summary="Ask another price from now on",
    tags=_TAGS,
    responses=problems(kernel.AmountOutOfBounds, kernel.AssetMismatch, market.InvalidPriceDecline),
)
async def change_listing_price(
    listing_id: FromPath[UUID],
    data: JSONBody[PricingBody],
    caller: Caller,
    if_match: IfMatch,
    change_listing_price: UseCase[market.ChangeListingPrice],
) -> Response[ListingView]:
    listing = await change_listing_price(
        listing_id=ListingId(listing_id),
        seller_id=caller.user_id,
        pricing=data.to_domain(),
        expected_version=if_match,
    )
    return tagged(view(listing, ListingView), listing.version)


@post(
    "/listings/{listing_id:uuid}/cancellation",
    opt=signed_in,
    status_code=200,
    operation_id="cancelListing",
    summary="Take an offer back",
    tags=_TAGS,
)
async def cancel_listing(
    listing_id: FromPath[UUID],
    caller: Caller,
    key: Key,
    cancel_listing: UseCase[market.CancelListing],
) -> Response[ListingView]:
    result = await cancel_listing(
        listing_id=ListingId(listing_id), seller_id=caller.user_id, key=key
    )
    return answered(result, view(result.value, ListingView))


@post(
    "/listings/{listing_id:uuid}/purchases",
    opt=signed_in,
    operation_id="buyListing",
    summary="Buy a listed card at its price of the moment",
    tags=_TAGS,
)
async def buy_listing(
    listing_id: FromPath[UUID],
    caller: Caller,
    key: Key,
    buy_listing: UseCase[market.BuyListing],
    data: JSONBody[PurchaseBody | None] = None,
) -> Response[SaleView]:
    max_price = None if data is None or data.max_price is None else data.max_price.to_domain()
    result = await buy_listing(
        listing_id=ListingId(listing_id),
        buyer_id=caller.user_id,
        max_price=max_price,
        key=key,
    )
    sale = result.value
    return answered(result, view(sale, SaleView), location=f"/v1/sales/{sale.id}")


routes: list[ControllerRouterHandler] = [
    create_listing,
    change_listing_price,
    cancel_listing,
    buy_listing,
]
