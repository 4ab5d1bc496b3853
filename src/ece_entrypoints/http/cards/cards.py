"""Routes of single cards: search, read, and set the condition or the grade."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct, field

from ece_domain import cards, ledger
from ece_domain.cards import (
    CardFilter,
    CardId,
    CardSort,
    ConditionScale,
    PrintingId,
)
from ece_domain.identity import Role, UserId
from ece_entrypoints.http.platform.auth import Caller, only, public, signed_in
from ece_entrypoints.http.platform.conditional import IfMatch, not_modified, tagged, unless_known
from ece_entrypoints.http.platform.filters import (
    CATALOG_TERMS,
    CREATED,
    CatalogFilters,
    Created,
    OwnerQuery,
    PrintingQuery,
)
from ece_entrypoints.http.platform.pagination import PageBody, Paging
from ece_entrypoints.http.platform.patterns import exact
from ece_entrypoints.http.platform.problems import problems
from ece_entrypoints.http.platform.views import UseCase, view

from .card_sets import create_card_set, edit_card_set, get_card_set, list_card_sets
from .printings import (
    Printing,
    add_printing,
    edit_printing,
    get_printing,
    get_printing_art,
    list_printings,
    mint_cards,
)

_TAGS = ["Cards"]


class ConditionUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """A condition: its scale, and its code on that scale."""

    scale: ConditionScale
    code: Annotated[
        str,
        Meta(
            min_length=2,
            max_length=2,
            description="NM LP MP HP DM, or MT NM EX GD LP PL PO: LP is not the same on both.",
            examples=["NM"],
        ),
    ]


class GradeUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """What a company certified."""

    company: Annotated[str, Meta(pattern=exact("[A-Za-z]{2,10}"), examples=["PSA"])]
    grade: Annotated[str, Meta(pattern=exact(r"(10|[1-9](\.5)?)"), examples=["9.5"])]
    certificate: Annotated[str, Meta(pattern=exact("[A-Za-z0-9-]{4,20}"), examples=["12345678"])]


class Condition(Struct, frozen=True):
    """A condition on a named scale. The rank is its position on the scale; 1 is the best."""

    scale: ConditionScale
    code: str
    label: str
    rank: int


class Grade(Struct, frozen=True):
    """What a company certified."""

    company: str
    grade: str
    certificate: str


class Card(Struct, frozen=True, kw_only=True):
    """One copy of a printing. ``is_held``: it is listed or otherwise on hold."""

    id: UUID
    version: int
    printing: Printing
    serial: int
    owner_id: UUID
    is_held: bool
    minted_to_id: UUID
    minted_at: Annotated[datetime, Meta(description="The moment at which the card was minted.")] = (
        field(name="created_at")
    )
    updated_at: Annotated[
        datetime,
        Meta(description="The moment of the latest change of its condition or grade."),
    ]
    condition: Condition | None
    grade: Grade | None


class CardPage(PageBody[Card], frozen=True):
    """A page of cards."""


class CardOwnership(Struct, frozen=True, kw_only=True):
    """A new owner of a card, since when and why; the first one has no settlement."""

    owner_id: UUID
    acquired_at: datetime
    purpose: Annotated[str, Meta(examples=["market.purchase"])]
    settlement_id: UUID | None


class CardOwnershipPage(PageBody[CardOwnership], frozen=True):
    """A page of a card's owners, the current one first."""


@get(
    "/cards",
    opt=public,
    operation_id="listCards",
    summary="Find single cards",
    tags=_TAGS,
    dependencies=CATALOG_TERMS | CREATED,
    responses=problems(cards.InvalidText, cards.TooManyWords),
)
async def list_cards(
    *,
    paging: Paging,
    search_cards: UseCase[cards.SearchCards],
    catalog_terms: CatalogFilters,
    created: Created,
    owner_id: OwnerQuery = None,
    printing_id: PrintingQuery = None,
    sort: Annotated[
        CardSort, QueryParameter(description="By serial only among the copies of one printing.")
    ] = CardSort.NEWEST,
) -> Response[CardPage]:
    filter = CardFilter(
        **catalog_terms,
        minted=created,
        printing_id=None if printing_id is None else PrintingId(printing_id),
        owner_id=None if owner_id is None else UserId(owner_id),
    )
    found = await search_cards(filter=filter, sort=sort, page=paging.request)
    return paging.answer(CardPage, found, Card)


@get(
    "/cards/{card_id:uuid}",
    opt=public,
    operation_id="getCard",
    summary="See a card",
    tags=_TAGS,
    responses=not_modified,
)
async def get_card(
    request: Request[Any, Any, Any], card_id: FromPath[UUID], get_card: UseCase[cards.GetCard]
) -> Response[Card]:
    card = await get_card(card_id=CardId(card_id))
    return unless_known(request, view(card, Card), card.version)


@get(
    "/cards/{card_id:uuid}/history",
    opt=public,
    operation_id="getCardHistory",
    summary="See through whose hands a card went, from its minting on",
    tags=_TAGS,
    dependencies=CREATED,
)
async def get_card_history(
    card_id: FromPath[UUID],
    paging: Paging,
    created: Created,
    list_card_owners: UseCase[ledger.ListCardOwners],
) -> Response[CardOwnershipPage]:
    found = await list_card_owners(card_id=CardId(card_id), acquired=created, page=paging.request)
    return paging.answer(CardOwnershipPage, found, CardOwnership)


@put(
    "/cards/{card_id:uuid}/condition",
    opt=signed_in,
    operation_id="assessCondition",
    summary="State the condition of a card of yours that is not on hold",
    tags=_TAGS,
    responses=problems(cards.UnknownCondition),
)
async def assess_condition(
    *,
    card_id: FromPath[UUID],
    data: JSONBody[ConditionUpdate],
    caller: Caller,
    if_match: IfMatch,
    assess_condition: UseCase[cards.AssessCondition],
    get_card: UseCase[cards.GetCard],
) -> Response[Card]:
    card = await assess_condition(
        card_id=CardId(card_id),
        condition=cards.Condition(data.scale, data.code),
        owner_id=caller.user_id,
        expected_version=if_match,
    )
    return await _shown(card.id, get_card)


@put(
    "/cards/{card_id:uuid}/grade",
    opt=only(Role.MODERATOR, Role.ADMIN, Role.SERVICE),
    operation_id="recordGrade",
    summary="Record the grade of a card that is not on hold: for moderators",
    tags=_TAGS,
    responses=problems(cards.InvalidGrade),
)
async def record_grade(
    *,
    card_id: FromPath[UUID],
    data: JSONBody[GradeUpdate],
    caller: Caller,
    if_match: IfMatch,
    record_grade: UseCase[cards.RecordGrade],
    get_card: UseCase[cards.GetCard],
) -> Response[Card]:
    card = await record_grade(
        card_id=CardId(card_id),
        grade=cards.Grade(data.company, data.grade, data.certificate),
        actor=caller.actor,
        expected_version=if_match,
    )
    return await _shown(card.id, get_card)


async def _shown(card_id: CardId, get_card: UseCase[cards.GetCard]) -> Response[Card]:
    """The card after a change."""
    card = await get_card(card_id=card_id)
    return tagged(view(card, Card), card.version)


routes: list[ControllerRouterHandler] = [
    list_card_sets,
    get_card_set,
    create_card_set,
    edit_card_set,
    list_printings,
    get_printing,
    get_printing_art,
    add_printing,
    edit_printing,
    mint_cards,
    list_cards,
    get_card,
    get_card_history,
    assess_condition,
    record_grade,
]
