'''The HTTP API: one module per context, on one small platform.

A route module maps between the wire and a use case, and decides nothing. It has frozen Structs for
what comes in and goes out, functions as handlers, and a list named ``routes``. The paths are below
``/v1``. All of the platform that it needs is in this example::

    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from litestar import Request, Response, get, patch, post
    from litestar.params import FromPath, FromQuery, JSONBody
    from litestar.types import ControllerRouterHandler
    from msgspec import Struct

    from ece_domain import ledger, market
    from ece_entrypoints.http.platform.auth import Caller, public, signed_in
    from ece_entrypoints.http.platform.conditional import IfMatch, tagged, unless_known
    from ece_entrypoints.http.platform.idempotency import Key, answered
    from ece_entrypoints.http.platform.money import Money
    from ece_entrypoints.http.platform.pagination import PageBody, Paging
    from ece_entrypoints.http.platform.views import UseCase, view


    class RepricedBody(Struct, frozen=True, forbid_unknown_fields=True):
        """A new asking price."""

        price: Money


    class ListingView(Struct, frozen=True, kw_only=True):
        """A card on offer."""

        id: UUID
        price: Money
        expires_at: datetime | None = None


    class ListingPage(PageBody[ListingView], frozen=True):
        """A part of the listings."""


    @get("/listings", opt=public, operation_id="findListings", summary="Find listings")
    async def find_listings(
        find_listings: UseCase[market.FindListings],
        paging: Paging,
        seller: FromQuery[UUID | None] = None,
    ) -> Response[ListingPage]:
        found = await find_listings(seller=seller, page=paging.request)
        return paging.answer(ListingPage, found, ListingView)


    @get("/listings/{listing_id:uuid}", opt=public, operation_id="getListing", summary="See it")
    async def get_listing(
        request: Request[Any, Any, Any],
        listing_id: FromPath[UUID],
        find_listing: UseCase[market.FindListing],
    ) -> Response[ListingView]:
        listing = await find_listing(listing_id=market.ListingId(listing_id))
        return unless_known(request, view(listing, ListingView), listing.version)


    @patch("/listings/{listing_id:uuid}", opt=signed_in, operation_id="reprice", summary="Reprice")
    async def change_listing_price(
        listing_id: FromPath[UUID],
        data: JSONBody[RepricedBody],
        caller: Caller,
        if_match: IfMatch,
        change_listing_price: UseCase[market.ChangeListingPrice],
    ) -> Response[ListingView]:
        listing = await change_listing_price(
            listing_id=market.ListingId(listing_id),
            seller=caller.user_id,
            price=data.price.to_domain(),
            expected_version=if_match,
        )
        return tagged(view(listing, ListingView), listing.version)


    @post(
        "/listings/{listing_id:uuid}/purchases",
        opt=signed_in,
        operation_id="buyListing",
        summary="Buy a listed card",
    )
    async def buy_listing(
        listing_id: FromPath[UUID],
        caller: Caller,
        key: Key,
        buy_listing: UseCase[market.BuyListing],
    ) -> Response[SaleView]:
        answer = await buy_listing(
            listing_id=market.ListingId(listing_id), buyer=caller.user_id, key=key
        )
        return answered(answer, view(answer.value, SaleView))


    routes: list[ControllerRouterHandler] = [find_listings, get_listing, change_listing_price, ...]

What the names promise:

- ``opt``: ``public``, ``signed_in`` or ``only(Role.ADMIN, ...)``. The application does not start
  with a route that has none. With the last two, ``caller: Caller`` is who calls (``user_id``,
  ``session_id``, ``role``).
- ``UseCase[X]``: the use case of this name from the wiring (the parameter's name is the provider's
  name in the context's container), retried when somebody else was faster.
- ``key: Key``: the required ``Idempotency-Key``; ``answered`` adds ``Idempotent-Replayed``.
- ``paging: Paging``: ``limit`` and the sealed ``cursor``; ``paging.request`` is the domain's
  ``PageRequest``, ``paging.answer`` makes the page with its ``Link``. Every other query parameter
  is part of the seal.
- ``if_match: IfMatch``: the version (an ``int``) in the required ``If-Match``; where a handler has
  it, ``ConcurrentChange`` becomes 412. Give it to the use case as ``expected_version``.
- ``view(thing, View)``: a domain value as a Struct, by attribute names; ``Money`` becomes
  ``Money``, anything with a text form becomes ``Text``. ``tagged`` adds the ``ETag``.
- ``problems(...)``: what this handler's own conversion of the request can raise, for OpenAPI. All
  else follows from its signature: the ``:raises`` lines of its use case, of its dependencies and of
  its body's ``to_domain``, and the usual ones (400, 401, 403, 404, 409, 412, 422, 428, 503).
- Every ``int`` of a body or query has bounds (``Annotated[int, Meta(ge=..., le=...)]``), every text
  a longest length, and a moment is a ``Timestamp`` (``ece_entrypoints.http.platform.json_body``).
'''
