"""Routes that create, change, cancel and buy listings."""

from typing import Annotated
from uuid import UUID

from attrs import evolve
from litestar import Response, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import UNSET, Meta, Struct, UnsetType

from ece_domain import kernel, market
from ece_domain.cards import CardId
from ece_domain.identity import Role
from ece_domain.kernel import Asset
from ece_domain.market import ListingId, PriceChange, Pricing
from ece_entrypoints.http.platform.auth import Caller, only, signed_in
from ece_entrypoints.http.platform.conditional import IfMatch, tagged
from ece_entrypoints.http.platform.idempotency import Key, answered
from ece_entrypoints.http.platform.json_body import Timestamp
from ece_entrypoints.http.platform.money import Amount, AssetCode, Money
from ece_entrypoints.http.platform.problems import problems
from ece_entrypoints.http.platform.reasons import ActionReason
from ece_entrypoints.http.platform.views import UseCase, changes_in
from ece_entrypoints.http.sales.sales import Sale, sale_for

from .listings import Listing, PriceDecline, listing_of

_TAGS = ["Market"]


class ListingCreate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A card of yours, and its price: fixed, or declining with ``decline``."""

    card_id: UUID
    price: Money
    decline: PriceDecline | None = None
    expires_at: Annotated[Timestamp, Meta(description="In 90 days unless you say so.")] | None = (
        None
    )

    def pricing(self) -> Pricing:
        decline = None if self.decline is None else self.decline.to_domain()
        return Pricing(self.price.to_domain(), decline)


class MoneyUpdate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Changes of an amount. Absent fields keep their value."""

    amount: Amount | UnsetType = UNSET
    asset: AssetCode | UnsetType = UNSET

    def to_domain(self) -> market.MoneyChange:
        given = changes_in(self)
        if isinstance(self.asset, str):
            given["asset"] = Asset.parse(self.asset)
        return market.MoneyChange(**given)


class PriceDeclineUpdate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Changes of a decline. Absent fields keep their value. A new decline needs all fields."""

    floor: MoneyUpdate | UnsetType = UNSET
    starts_at: Timestamp | UnsetType = UNSET
    ends_at: Timestamp | UnsetType = UNSET

    def to_domain(self) -> market.PriceDeclineChange:
        given = changes_in(self)
        if isinstance(self.floor, MoneyUpdate):
            given["floor"] = self.floor.to_domain()
        return market.PriceDeclineChange(**given)


class ListingUpdate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Changes of a listing, as a JSON merge patch (RFC 7396). Absent fields keep their value,
    also within ``price`` and ``decline``. With ``decline`` null the price is fixed.
    """

    price: MoneyUpdate | UnsetType = UNSET
    decline: PriceDeclineUpdate | UnsetType | None = UNSET

    def to_domain(self) -> PriceChange:
        given = {name: value and value.to_domain() for name, value in changes_in(self).items()}
        return PriceChange(**given)


class PurchaseCreate(Struct, frozen=True, forbid_unknown_fields=True):
    """The most that you agree to pay. You pay the current price, if it is not higher."""

    max_price: Money | None = None


@post(
    "/listings",
    opt=signed_in,
    operation_id="createListing",
    summary="List a card of yours for sale",
    tags=_TAGS,
    responses=problems(kernel.AmountOutOfBounds, kernel.AssetMismatch, market.InvalidPriceDecline),
)
async def create_listing(
    data: JSONBody[ListingCreate],
    caller: Caller,
    key: Key,
    create_listing: UseCase[market.CreateListing],
    get_listing: UseCase[market.GetListing],
) -> Response[Listing]:
    result = await create_listing(
        card_id=CardId(data.card_id),
        seller_id=caller.user_id,
        pricing=data.pricing(),
        expires_at=data.expires_at,
        key=key,
    )
    created = result.value
    shown = await get_listing(listing_id=created.id)
    first = evolve(
        shown,
        listing=created,
        price=created.pricing.at(created.listed_at),
        state=created.state,
    )
    body = listing_of(first)  # a replay returns the listing as it was created
    return answered(result, body, location=f"/v1/listings/{created.id}")


@patch(
    "/listings/{listing_id:uuid}",
    opt=signed_in,
    operation_id="updateListing",
    summary="Change the price of a listing of yours",
    tags=_TAGS,
)
async def change_listing_price(
    *,
    listing_id: FromPath[UUID],
    data: JSONBody[ListingUpdate],
    caller: Caller,
    if_match: IfMatch,
    change_listing_price: UseCase[market.ChangeListingPrice],
    get_listing: UseCase[market.GetListing],
) -> Response[Listing]:
    changed = await change_listing_price(
        listing_id=ListingId(listing_id),
        seller_id=caller.user_id,
        change=data.to_domain(),
        expected_version=if_match,
    )
    body = listing_of(await get_listing(listing_id=changed.id))
    return tagged(body, body.version)


@post(
    "/listings/{listing_id:uuid}/cancel",
    opt=signed_in,
    status_code=200,
    operation_id="cancelListing",
    summary="Cancel a listing of yours",
    tags=_TAGS,
)
async def cancel_listing(
    listing_id: FromPath[UUID],
    caller: Caller,
    key: Key,
    cancel_listing: UseCase[market.CancelListing],
    get_listing: UseCase[market.GetListing],
) -> Response[Listing]:
    result = await cancel_listing(
        listing_id=ListingId(listing_id), seller_id=caller.user_id, key=key
    )
    return answered(result, listing_of(await get_listing(listing_id=result.value.id)))


@post(
    "/listings/{listing_id:uuid}/take-down",
    opt=only(Role.ADMIN, Role.MODERATOR),
    status_code=200,
    operation_id="takeDownListing",
    summary="Take down the listing of a user",
    tags=_TAGS,
)
async def take_down_listing(
    *,
    listing_id: FromPath[UUID],
    data: JSONBody[ActionReason],
    caller: Caller,
    key: Key,
    take_down_listing: UseCase[market.TakeDownListing],
    get_listing: UseCase[market.GetListing],
) -> Response[Listing]:
    result = await take_down_listing(
        listing_id=ListingId(listing_id), reason=data.to_domain(), actor=caller.actor, key=key
    )
    return answered(result, listing_of(await get_listing(listing_id=result.value.id)))


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
    data: JSONBody[PurchaseCreate | None] = None,
) -> Response[Sale]:
    max_price = None if data is None or data.max_price is None else data.max_price.to_domain()
    result = await buy_listing(
        listing_id=ListingId(listing_id),
        buyer_id=caller.user_id,
        max_price=max_price,
        key=key,
    )
    sale = result.value
    return answered(result, sale_for(caller, sale), location=f"/v1/sales/{sale.id}")


routes: list[ControllerRouterHandler] = [
    create_listing,
    change_listing_price,
    cancel_listing,
    take_down_listing,
    buy_listing,
]
