"""Printings: to find, to see, and for issuers to add, edit and mint."""

import hashlib
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from litestar import Request, Response, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
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
from ece_entrypoints.http.platform.conditional import IfMatch, not_modified, tagged
from ece_entrypoints.http.platform.idempotency import Key, answered
from ece_entrypoints.http.platform.pagination import Paging
from ece_entrypoints.http.platform.problems import problems
from ece_entrypoints.http.platform.views import UseCase, view

from .card_sets import changes_in

_TAGS = ["Cards"]

Number: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40, examples=["001"])]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, examples=["Tide Wyrm"])]
TraitCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40, examples=["rare"])]
Variant: TypeAlias = Annotated[
    str, Meta(max_length=80, description="Tells apart what is the same otherwise.")
]
Artist: TypeAlias = Annotated[str, Meta(max_length=200, examples=["Ida Lund"])]
Rules: TypeAlias = Annotated[str, Meta(max_length=4000)]
Flavor: TypeAlias = Annotated[str, Meta(max_length=2000)]
Image: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2000,
        description="An address or path, or ``genesis:SEED:NUMBER`` for a drawing by ECE.",
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
IsCapped: TypeAlias = Annotated[
    bool,
    Meta(
        description="More were found than were counted: each count means *at least*, and values may"
        " be missing. Filter by more to count exactly."
    ),
]
TextQuery: TypeAlias = Annotated[
    str,
    QueryParameter(
        max_length=200,
        description="Beginnings of words of the card; small misspellings are forgiven.",
    ),
]
SetQuery: TypeAlias = Annotated[str | None, QueryParameter(max_length=40, description="Its code.")]
TraitQuery: TypeAlias = Annotated[str | None, QueryParameter(min_length=1, max_length=40)]
ArtistQuery: TypeAlias = Annotated[str | None, QueryParameter(min_length=1, max_length=200)]


class PrintingBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A new printing. Without ``print_run`` there is no end to its copies."""

    number: Number
    name: Name
    rarity: TraitCode
    finish: TraitCode
    variant: Variant = ""
    artist: Artist = ""
    rules: Rules = ""
    flavor: Flavor = ""
    image: Image | None = None
    print_run: PrintRun | None = None


class PrintingChanges(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to change; what is left out stays."""

    number: Number | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    rarity: TraitCode | UnsetType = UNSET
    finish: TraitCode | UnsetType = UNSET
    variant: Variant | UnsetType = UNSET
    artist: Artist | UnsetType = UNSET
    rules: Rules | UnsetType = UNSET
    flavor: Flavor | UnsetType = UNSET
    image: Image | UnsetType | None = UNSET
    print_run: PrintRun | UnsetType | None = UNSET


class MintBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many copies, and whose they become."""

    copies: Annotated[int, Meta(ge=1, le=MAX_MINT)]
    owner_id: UUID


class PrintingOut(Struct, frozen=True, kw_only=True):
    """A design in a card set, and how many of its copies exist."""

    id: UUID
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


class PrintingFacet(Struct, frozen=True):
    """A value to filter by, and how many printings have it."""

    value: str
    count: int


class PrintingFacets(Struct, frozen=True, kw_only=True):
    """What the printings found divide into; of each kind the most frequent first.

    At most 10,000 printings are counted.
    """

    card_sets: tuple[PrintingFacet, ...]
    rarities: tuple[PrintingFacet, ...]
    finishes: tuple[PrintingFacet, ...]
    artists: tuple[PrintingFacet, ...]
    is_capped: IsCapped


class PrintingsPage(Struct, frozen=True):
    """A part of the printings found. The first one has the facets of all of them."""

    data: tuple[PrintingOut, ...]
    next: str | None
    facets: PrintingFacets | None = None


class MintedView(Struct, frozen=True):
    """Cards that came into being together: the serials from first to last."""

    printing_id: UUID
    owner_id: UUID
    first_serial: int
    last_serial: int


@get(
    "/printings",
    opt=public,
    operation_id="findPrintings",
    summary="Find printings",
    tags=_TAGS,
    responses=problems(cards.InvalidSetCode, cards.InvalidText),
)
async def find_printings(
    *,
    paging: Paging,
    search_printings: UseCase[cards.SearchPrintings],
    text: TextQuery = "",
    card_set: SetQuery = None,
    rarity: TraitQuery = None,
    finish: TraitQuery = None,
    artist: ArtistQuery = None,
    sort: FromQuery[PrintingSort] = PrintingSort.NAME,
) -> Response[PrintingsPage]:
    filter = PrintingFilter(
        text=text.strip(),
        set_code=None if card_set is None else SetCode(card_set),
        rarity=rarity,
        finish=finish,
        artist=artist,
    )
    found = await search_printings(filter=filter, sort=sort, page=paging.request)
    response = paging.answer(PrintingsPage, found.page, PrintingOut)
    if found.facets is not None:
        facets = view(found.facets, PrintingFacets)
        response.content = msgspec.structs.replace(response.content, facets=facets)
    return response


@get(
    "/printings/{printing_id:uuid}",
    opt=public,
    operation_id="getPrinting",
    summary="See a printing",
    tags=_TAGS,
)
async def get_printing(
    printing_id: FromPath[UUID], get_printing: UseCase[cards.GetPrinting]
) -> Response[PrintingOut]:
    return _tagged(await get_printing(printing_id=PrintingId(printing_id)))


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
    headers = {"ETag": tag, "Cache-Control": "public, max-age=31536000, immutable"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(drawing.content, media_type=drawing.media_type, headers=headers)


@post(
    "/card-sets/{code:str}/printings",
    opt=signed_in,
    operation_id="addPrinting",
    summary="Add a printing to a card set: for its issuer",
    tags=_TAGS,
    responses=problems(cards.InvalidSetCode, cards.InvalidText),
)
async def add_printing(
    code: FromPath[str],
    data: JSONBody[PrintingBody],
    caller: Caller,
    add_printing: UseCase[cards.AddPrinting],
    get_printing: UseCase[cards.GetPrinting],
) -> Response[PrintingOut]:
    design = msgspec.structs.asdict(data)
    print_run = design.pop("print_run")
    printing = await add_printing(
        card_set=SetCode(code),
        design=PrintingDetails(**design),
        print_run=print_run,
        actor=caller.actor,
    )
    response = _tagged(await get_printing(printing_id=printing.id))
    response.headers["Location"] = f"/v1/printings/{printing.id}"
    return response


@patch(
    "/printings/{printing_id:uuid}",
    opt=signed_in,
    operation_id="editPrinting",
    summary="Change a printing: for the issuer of its set",
    tags=_TAGS,
)
async def edit_printing(
    *,
    printing_id: FromPath[UUID],
    data: JSONBody[PrintingChanges],
    caller: Caller,
    if_match: IfMatch,
    edit_printing: UseCase[cards.EditPrinting],
) -> Response[PrintingOut]:
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
    data: JSONBody[MintBody],
    caller: Caller,
    key: Key,
    mint_cards: UseCase[cards.MintCards],
) -> Response[MintedView]:
    result = await mint_cards(
        printing_id=PrintingId(printing_id),
        copies=data.copies,
        owner_id=UserId(data.owner_id),
        actor=caller.actor,
        key=key,
    )
    return answered(result, view(result.value, MintedView))


def _tagged(printing: PrintingView) -> Response[PrintingOut]:
    return tagged(view(printing, PrintingOut), printing.version)
