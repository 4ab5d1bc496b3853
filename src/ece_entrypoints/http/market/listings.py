"""Routes of public listings: search, facets, read."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import Dependency, Provide
from litestar.params import FromPath, QueryParameter, SkipValidationMarker
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import market
from ece_domain.cards import PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import Asset
from ece_domain.market import ListingFilter, ListingId, ListingSort, ListingState
from ece_entrypoints.http.cards.facets import Facets
from ece_entrypoints.http.platform.auth import Caller, public, signed_in
from ece_entrypoints.http.platform.conditional import not_modified, unless_known
from ece_entrypoints.http.platform.filters import (
    CATALOG_TERMS,
    CREATED,
    CatalogFilters,
    Created,
    PriceQuery,
    PrintingQuery,
    SellerQuery,
)
from ece_entrypoints.http.platform.json_body import Timestamp
from ece_entrypoints.http.platform.money import AssetQuery, Money
from ece_entrypoints.http.platform.pagination import PageBody, Paging
from ece_entrypoints.http.platform.views import Text, UseCase, view

_TAGS = ["Market"]


class PriceDecline(Struct, frozen=True, forbid_unknown_fields=True):
    """The floor of a price that declines linearly, and the moments between which it declines."""

    floor: Money
    starts_at: Timestamp
    ends_at: Timestamp

    def to_domain(self) -> market.PriceDecline:
        return market.PriceDecline(self.floor.to_domain(), self.starts_at, self.ends_at)


class ListedPrinting(Struct, frozen=True, kw_only=True):
    """The printing of the listed card."""

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


class Listing(Struct, frozen=True, kw_only=True):
    """A card for sale, with its current price and state."""

    id: UUID
    version: int
    card_id: UUID
    printing_id: UUID
    serial: int
    printing: ListedPrinting
    condition: Annotated[Text, Meta(examples=["PSA 9", "tcgplayer NM"])]
    seller_id: UUID
    price: Annotated[Money, Meta(description="What the seller asks; with a decline, at its start.")]
    decline: PriceDecline | None
    current_price: Annotated[Money, Meta(description="What a buyer pays now.")]
    state: ListingState
    created_at: datetime
    updated_at: datetime
    expires_at: datetime


class ListingPage(PageBody[Listing], frozen=True):
    """A page of listings."""


def listing_of(shown: market.ListingView) -> Listing:
    """The representation of a listing, the same in every response."""
    listing = shown.listing
    decline = listing.pricing.decline
    return Listing(
        id=listing.id,
        version=listing.version,
        card_id=listing.card_id,
        printing_id=listing.printing_id,
        serial=shown.serial,
        printing=view(shown.printing, ListedPrinting),
        condition=Text(listing.condition),
        seller_id=listing.seller_id,
        price=view(listing.pricing.price, Money),
        decline=None if decline is None else view(decline, PriceDecline),
        current_price=view(shown.price, Money),
        state=shown.state,
        created_at=listing.listed_at,
        updated_at=listing.updated_at,
        expires_at=listing.expires_at,
    )


def provide_listing_filter(
    *,
    catalog_terms: CatalogFilters,
    created: Created,
    printing_id: PrintingQuery = None,
    seller_id: SellerQuery = None,
    asset: AssetQuery = "USD/2",
    price_min: PriceQuery = None,
    price_max: PriceQuery = None,
) -> ListingFilter:
    """
    :raises InvalidSetCode: unless ``set_code`` is a valid set code.
    :raises InvalidText: if a text has outer white space or control characters.
    :raises TooManyWords: if ``q`` has more than 10 words.
    """
    return ListingFilter(
        **catalog_terms,
        listed=created,
        printing_id=None if printing_id is None else PrintingId(printing_id),
        seller_id=None if seller_id is None else UserId(seller_id),
        asset=Asset.parse(asset),
        price_min=price_min,
        price_max=price_max,
    )


ListingFilters: TypeAlias = Annotated[ListingFilter, Dependency(), SkipValidationMarker()]
_FILTERS = {
    **CATALOG_TERMS,
    **CREATED,
    "listing_filter": Provide(provide_listing_filter, sync_to_thread=False),
}


@get(
    "/listings",
    opt=public,
    operation_id="listListings",
    summary="Search the active listings",
    tags=_TAGS,
    dependencies=_FILTERS,
)
async def list_listings(
    listing_filter: ListingFilters,
    paging: Paging,
    search_listings: UseCase[market.SearchListings],
    sort: Annotated[
        ListingSort,
        QueryParameter(
            description="The newest first, or by price: cheapest or (with ``-``) dearest first. All"
            " pages have the prices of the moment at which the first was asked for."
        ),
    ] = ListingSort.NEWEST,
) -> Response[ListingPage]:
    found = await search_listings(filter=listing_filter, sort=sort, page=paging.request)
    return paging.answer(ListingPage, found, listing_of)


@get(
    "/listings/facets",
    opt=public,
    operation_id="getListingFacets",
    summary="Count the active listings by set, rarity, finish and artist",
    tags=_TAGS,
    dependencies=_FILTERS,
)
async def get_facets(
    listing_filter: ListingFilters, get_listing_facets: UseCase[market.GetListingFacets]
) -> Facets:
    return view(await get_listing_facets(filter=listing_filter), Facets)


@get(
    "/me/listings",
    opt=signed_in,
    operation_id="listMyListings",
    summary="See all your listings, in any state",
    tags=_TAGS,
    dependencies=CREATED,
)
async def list_own_listings(
    *,
    caller: Caller,
    paging: Paging,
    created: Created,
    list_my_listings: UseCase[market.ListMyListings],
    in_state: Annotated[
        ListingState | None,
        QueryParameter(name="state", description="Only listings of this state."),
    ] = None,
) -> Response[ListingPage]:
    found = await list_my_listings(
        seller_id=caller.user_id,
        page=paging.request,
        state=in_state,
        listed=created,
    )
    return paging.answer(ListingPage, found, listing_of)


@get(
    "/listings/{listing_id:uuid}",
    opt=public,
    operation_id="getListing",
    summary="See a listing as it stands now",
    tags=_TAGS,
    responses=not_modified,
)
async def get_listing(
    request: Request[Any, Any, Any],
    listing_id: FromPath[UUID],
    get_listing: UseCase[market.GetListing],
) -> Response[Listing]:
    listing = listing_of(await get_listing(listing_id=ListingId(listing_id)))
    return unless_known(request, listing, listing.version)


routes: list[ControllerRouterHandler] = [list_listings, get_facets, list_own_listings, get_listing]
