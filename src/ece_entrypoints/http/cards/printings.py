"""Routes of printings: search, read, add, edit and mint."""

import hashlib
from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from attrs import asdict, evolve
from litestar import Request, Response, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_304_NOT_MODIFIED
from msgspec import UNSET, Meta, Struct, UnsetType

from ece_domain import cards
from ece_domain.cards import (
    MAX_MINT,
    MAX_PRINT_RUN,
    PrintingDetails,
    PrintingFilter,
    PrintingId,
    PrintingSort,
    PrintingView,
    SetCode,
)
from ece_domain.identity import UserId
from ece_entrypoints.http.platform.auth import Caller, public, signed_in
from ece_entrypoints.http.platform.conditional import (
    IfMatch,
    is_known,
    not_modified,
    tagged,
    unless_known,
)
from ece_entrypoints.http.platform.filters import CATALOG_TERMS, CatalogFilters
from ece_entrypoints.http.platform.idempotency import Key, OptionalKey, answered
from ece_entrypoints.http.platform.pagination import PageBody, Paging
from ece_entrypoints.http.platform.patterns import exact
from ece_entrypoints.http.platform.problems import problems
from ece_entrypoints.http.platform.views import UseCase, changes_in, view

from .facets import Facets

_TAGS = ["Cards"]

Number: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40, examples=["001"])]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, examples=["Tide Wyrm"])]
DefinitionCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40, examples=["rare"])]
Variant: TypeAlias = Annotated[
    str, Meta(max_length=80, description="Distinguishes printings with the same number and finish.")
]
Artist: TypeAlias = Annotated[str, Meta(max_length=200, examples=["Ida Lund"])]
Rules: TypeAlias = Annotated[str, Meta(max_length=4000)]
Flavor: TypeAlias = Annotated[str, Meta(max_length=2000)]
Image: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2000,
        pattern=exact(cards.IMAGE_PATTERN),
        description="An ``https`` address, a path, or ``genesis:SEED:NUMBER`` for a drawing by"
        " ECE.",
        examples=["genesis:1:17"],
    ),
]
PrintRun: TypeAlias = Annotated[
    int,
    Meta(
        ge=1,
        le=MAX_PRINT_RUN,
        description="The most copies there will ever be. Once copies exist, it is not raised.",
    ),
]


class PrintingCreate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A new printing. Without ``print_run`` its copies are unlimited."""

    number: Number
    name: Name
    rarity: DefinitionCode
    finish: DefinitionCode
    variant: Variant = ""
    artist: Artist = ""
    rules: Rules = ""
    flavor: Flavor = ""
    image: Image | None = None
    print_run: PrintRun | None = None


class PrintingUpdate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Changes of a printing. Absent fields keep their value."""

    number: Number | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    rarity: DefinitionCode | UnsetType = UNSET
    finish: DefinitionCode | UnsetType = UNSET
    variant: Variant | UnsetType = UNSET
    artist: Artist | UnsetType = UNSET
    rules: Rules | UnsetType = UNSET
    flavor: Flavor | UnsetType = UNSET
    image: Image | UnsetType | None = UNSET
    print_run: PrintRun | UnsetType | None = UNSET


class MintCreate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The number of copies, and their first owner."""

    copies: Annotated[int, Meta(ge=1, le=MAX_MINT)]
    owner_id: UUID


class Printing(Struct, frozen=True, kw_only=True):
    """A printing of a card set: what its cards show, and how many of its copies exist."""

    id: UUID
    version: int
    set_code: str
    set_name: str
    number: str
    name: str
    rarity: str
    finish: str
    variant: str
    artist: str
    rules: str
    flavor: str
    image: str | None
    print_run: int | None
    minted_count: int
    created_at: datetime
    updated_at: datetime


class PrintingPage(PageBody[Printing], frozen=True):
    """A page of printings. The first page has the facets of all matches."""

    facets: Facets | None = None


class MintedCards(Struct, frozen=True):
    """The cards of one minting: the serials from first to last."""

    printing_id: UUID
    owner_id: UUID
    first_serial: int
    last_serial: int


@get(
    "/printings",
    opt=public,
    operation_id="listPrintings",
    summary="Find printings",
    tags=_TAGS,
    dependencies=CATALOG_TERMS,
    responses=problems(cards.InvalidText, cards.TooManyWords),
)
async def list_printings(
    *,
    paging: Paging,
    search_printings: UseCase[cards.SearchPrintings],
    catalog_terms: CatalogFilters,
    sort: FromQuery[PrintingSort] = PrintingSort.NAME,
) -> Response[PrintingPage]:
    filter = PrintingFilter(**catalog_terms)
    found = await search_printings(filter=filter, sort=sort, page=paging.request)
    response = paging.answer(PrintingPage, found.page, Printing)
    if found.facets is not None:
        facets = view(found.facets, Facets)
        response.content = msgspec.structs.replace(response.content, facets=facets)
    return response


@get(
    "/printings/{printing_id:uuid}",
    opt=public,
    operation_id="getPrinting",
    summary="See a printing",
    tags=_TAGS,
    responses=not_modified,
)
async def get_printing(
    request: Request[Any, Any, Any],
    printing_id: FromPath[UUID],
    get_printing: UseCase[cards.GetPrinting],
) -> Response[Printing]:
    printing = await get_printing(printing_id=PrintingId(printing_id))
    return unless_known(request, view(printing, Printing), printing.version)


@get(
    "/printings/{printing_id:uuid}/art",
    opt=public,
    operation_id="getPrintingArt",
    summary="See the drawing of a printing, where ECE makes it",
    tags=_TAGS,
    media_type="image/svg+xml",
    responses=not_modified,
)
async def get_printing_art(
    request: Request[Any, Any, Any],
    printing_id: FromPath[UUID],
    get_printing_art: UseCase[cards.GetPrintingArt],
) -> Response[bytes]:
    drawing = await get_printing_art(printing_id=PrintingId(printing_id))
    tag = f'"{hashlib.sha256(drawing.content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}  # an edit may change it
    if is_known(request, tag):
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(drawing.content, media_type=drawing.media_type, headers=headers)


@post(
    "/card-sets/{code:str}/printings",
    opt=signed_in,
    operation_id="createPrinting",
    summary="Add a printing to a card set: for its issuer",
    tags=_TAGS,
    responses=problems(cards.InvalidSetCode, cards.InvalidText, cards.InvalidImage),
)
async def add_printing(
    *,
    code: FromPath[str],
    data: JSONBody[PrintingCreate],
    caller: Caller,
    optional_key: OptionalKey,
    add_printing: UseCase[cards.AddPrinting],
    get_printing: UseCase[cards.GetPrinting],
) -> Response[Printing]:
    details = msgspec.structs.asdict(data)
    print_run = details.pop("print_run")
    result = await add_printing(
        card_set=SetCode(code),
        details=PrintingDetails(**details),
        print_run=print_run,
        actor=caller.actor,
        key=optional_key,
    )
    added = result.value
    shown = await get_printing(printing_id=added.id)
    first = evolve(
        shown,
        version=added.version,
        print_run=added.print_run,
        minted_count=added.minted_count,
        updated_at=added.updated_at,
        **asdict(added.details),
    )  # a replay shows the printing as it was when it was new
    return answered(result, view(first, Printing), location=f"/v1/printings/{added.id}")


@patch(
    "/printings/{printing_id:uuid}",
    opt=signed_in,
    operation_id="updatePrinting",
    summary="Change a printing: for the issuer of its set",
    tags=_TAGS,
)
async def edit_printing(
    *,
    printing_id: FromPath[UUID],
    data: JSONBody[PrintingUpdate],
    caller: Caller,
    if_match: IfMatch,
    edit_printing: UseCase[cards.EditPrinting],
) -> Response[Printing]:
    edited = await edit_printing(
        printing_id=PrintingId(printing_id),
        changes=cards.PrintingChanges(**changes_in(data)),
        actor=caller.actor,
        expected_version=if_match,
    )
    return _tagged(edited)


@post(
    "/printings/{printing_id:uuid}/mints",
    opt=signed_in,
    operation_id="mintCards",
    summary="Bring the next copies of a printing into being: for the issuer of its set",
    tags=_TAGS,
)
async def mint_cards(
    printing_id: FromPath[UUID],
    data: JSONBody[MintCreate],
    caller: Caller,
    key: Key,
    mint_cards: UseCase[cards.MintCards],
) -> Response[MintedCards]:
    result = await mint_cards(
        printing_id=PrintingId(printing_id),
        copies=data.copies,
        owner_id=UserId(data.owner_id),
        actor=caller.actor,
        key=key,
    )
    return answered(result, view(result.value, MintedCards))


def _tagged(printing: PrintingView) -> Response[Printing]:
    return tagged(view(printing, Printing), printing.version)
