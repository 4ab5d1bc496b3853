"""Cards on offer, to look through."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from litestar import Response, get
from litestar.di import Dependency, Provide
from litestar.params import FromPath, QueryParameter, SkipValidationMarker
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import market
from ece_domain.cards import PrintingId, SetCode
from ece_domain.identity import UserId
from ece_domain.kernel import MAX_AMOUNT, Asset
from ece_domain.market import ListingFilter, ListingId, ListingOrder
from ece_entrypoints.http.cards.printings import IsCapped
from ece_entrypoints.http.platform.auth import Caller, public, signed_in
from ece_entrypoints.http.platform.conditional import tagged
from ece_entrypoints.http.platform.money import MoneyOut
from ece_entrypoints.http.platform.pagination import Paging
from ece_entrypoints.http.platform.views import Text, UseCase, view

_TAGS = ["Market"]

State: TypeAlias = Literal["active", "sold", "cancelled", "expired"]


class DeclineView(Struct, frozen=True):
    """How far the price falls in a straight line, and between which moments."""

    floor: MoneyOut
    starts_at: datetime
    ends_at: datetime


class PricingView(Struct, frozen=True):
    """A fixed price, or with ``decline`` one that falls from there."""

    price: MoneyOut
    decline: DeclineView | None


class ListingView(Struct, frozen=True, kw_only=True):
    """A listing as its seller gets it back."""

    id: UUID
    card_id: UUID
    printing_id: UUID
    condition: Annotated[Text, Meta(examples=["PSA 9", "tcgplayer NM"])]
    seller_id: UUID
    pricing: PricingView
    listed_at: datetime
    expires_at: datetime
    state: State


class ListedPrintingView(Struct, frozen=True, kw_only=True):
    """What the listed card shows."""

    id: UUID
    set_code: str
    set_name: str
    number: str
    name: str
    rarity: str
    finish: str
    variant: str
    artist: str
    print_run: int | None


class OfferView(ListingView, frozen=True, kw_only=True):
    """A listing with its card, and its price and state of this moment."""

    serial: int
    printing: ListedPrintingView
    price: MoneyOut


class OffersPage(Struct, frozen=True):
    """A part of the listings."""

    data: tuple[OfferView, ...]
    next: str | None


class FacetView(Struct, frozen=True):
    """A value to filter by, and how many listings have it."""

    value: str
    count: int


class FacetsView(Struct, frozen=True, kw_only=True):
    """What the listings divide into; of each kind the most frequent first.

    At most 10,000 listings are counted.
    """

    card_sets: tuple[FacetView, ...]
    rarities: tuple[FacetView, ...]
    finishes: tuple[FacetView, ...]
    artists: tuple[FacetView, ...]
    is_capped: IsCapped


def offer(listing: market.ListingView) -> OfferView:
    """A listing with its card, and its price and state of this moment."""
    shown = view(listing.listing, ListingView)
    fields = {name: getattr(shown, name) for name in shown.__struct_fields__}
    fields["state"] = listing.state.value
    return OfferView(
        **fields,
        serial=listing.serial,
        printing=view(listing.printing, ListedPrintingView),
        price=view(listing.price, MoneyOut),
    )


SingleLine: TypeAlias = Annotated[str | None, QueryParameter(min_length=1, max_length=200)]
Amount: TypeAlias = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=MAX_AMOUNT,
        description="Minor units of the asset.",
        schema_extra={"minimum": 0},  # Litestar forgets a 0 that may be left out
    ),
]
Seller: TypeAlias = Annotated[UUID | None, QueryParameter(description="Whose offers.")]


def provide_criteria(
    *,
    text: Annotated[
        str | None,
        QueryParameter(
            max_length=200,
            description="Beginnings of words of the card; small misspellings are forgiven.",
        ),
    ] = None,
    card_set: Annotated[str | None, QueryParameter(max_length=40, description="Its code.")] = None,
    rarity: SingleLine = None,
    finish: SingleLine = None,
    artist: SingleLine = None,
    printing: Annotated[UUID | None, QueryParameter(description="Copies of it.")] = None,
    seller: Seller = None,
    asset: Annotated[
        str,
        QueryParameter(
            pattern=r"^[A-Z][A-Z0-9]{1,15}/([0-9]|1[0-8])$", description="What prices are in."
        ),
    ] = "USD/2",
    lowest: Amount = None,
    highest: Amount = None,
) -> ListingFilter:
    """
    :raises InvalidSetCode: unless ``card_set`` looks like one.
    :raises InvalidAsset: if the asset ends with a line break, which its pattern allows.
    :raises InvalidText: if a text is padded with white space, or has control characters in it.
    """
    return ListingFilter(
        text=text or "",
        set_code=None if card_set is None else SetCode(card_set),
        rarity=rarity,
        finish=finish,
        artist=artist,
        printing_id=None if printing is None else PrintingId(printing),
        seller_id=None if seller is None else UserId(seller),
        asset=Asset.parse(asset),
        price_min=lowest,
        price_max=highest,
    )


Criteria: TypeAlias = Annotated[ListingFilter, Dependency(), SkipValidationMarker()]
_CRITERIA = {"criteria": Provide(provide_criteria, sync_to_thread=False)}


@get(
    "/listings",
    opt=public,
    operation_id="browseListings",
    summary="Browse what is on offer",
    tags=_TAGS,
    dependencies=_CRITERIA,
)
async def get_listings(
    criteria: Criteria,
    paging: Paging,
    search_listings: UseCase[market.SearchListings],
    order: Annotated[
        ListingOrder, QueryParameter(description="By price, all pages show that of the first.")
    ] = ListingOrder.NEWEST,
) -> Response[OffersPage]:
    found = await search_listings(filter=criteria, order=order, page=paging.request)
    return paging.answer(OffersPage, found, offer)


@get(
    "/listings/facets",
    opt=public,
    operation_id="countListings",
    summary="Count what is on offer by set, rarity, finish and artist",
    tags=_TAGS,
    dependencies=_CRITERIA,
)
async def get_facets(
    criteria: Criteria, get_listing_facets: UseCase[market.GetListingFacets]
) -> FacetsView:
    return view(await get_listing_facets(filter=criteria), FacetsView)


@get(
    "/users/me/listings",
    opt=signed_in,
    operation_id="findOwnListings",
    summary="See all your listings, whatever became of them",
    tags=_TAGS,
)
async def get_own_listings(
    caller: Caller, paging: Paging, list_my_listings: UseCase[market.ListMyListings]
) -> Response[OffersPage]:
    found = await list_my_listings(seller_id=caller.user_id, page=paging.request)
    return paging.answer(OffersPage, found, offer)


@get(
    "/listings/{listing_id:uuid}",
    opt=public,
    operation_id="getListing",
    summary="See a listing as it stands now",
    tags=_TAGS,
)
async def get_listing(
    listing_id: FromPath[UUID], get_listing: UseCase[market.GetListing]
) -> Response[OfferView]:
    listing = await get_listing(listing_id=ListingId(listing_id))
    return tagged(offer(listing), listing.listing.version)


routes: list[ControllerRouterHandler] = [get_listings, get_facets, get_own_listings, get_listing]
