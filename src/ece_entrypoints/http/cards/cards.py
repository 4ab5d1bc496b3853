"""Single cards: to find, to see, and to say how worn they are."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from ece_domain import cards, ledger
from ece_domain.cards import (
    CardFilter,
    CardId,
    CardSort,
    Condition,
    ConditionScale,
    Grade,
    PrintingId,
    SetCode,
)
from ece_domain.identity import Role, UserId
from ece_entrypoints.http.platform.auth import Caller, only, public, signed_in
from ece_entrypoints.http.platform.conditional import IfMatch, tagged
from ece_entrypoints.http.platform.pagination import Paging
from ece_entrypoints.http.platform.problems import problems
from ece_entrypoints.http.platform.views import UseCase, view

from .card_sets import create_card_set, edit_card_set, get_card_set, list_card_sets
from .printings import (
    ArtistQuery,
    PrintingOut,
    SetQuery,
    TextQuery,
    TraitQuery,
    add_printing,
    edit_printing,
    find_printings,
    get_printing,
    get_printing_art,
    mint_cards,
)

_TAGS = ["Cards"]


class ConditionBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A condition, by the code that it has on a named scale."""

    scale: Literal["tcgplayer", "cardmarket"]
    code: Annotated[
        str,
        Meta(
            min_length=2,
            max_length=2,
            description="NM LP MP HP DM, or MT NM EX GD LP PL PO: LP is not the same on both.",
            examples=["NM"],
        ),
    ]


class GradeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What a company certified."""

    company: Annotated[str, Meta(pattern="^[A-Za-z]{2,10}$", examples=["PSA"])]
    grade: Annotated[str, Meta(pattern=r"^(10|[1-9](\.5)?)$", examples=["9.5"])]
    certificate: Annotated[str, Meta(pattern="^[A-Za-z0-9-]{4,20}$", examples=["12345678"])]


class ConditionView(Struct, frozen=True):
    """A condition on a named scale. The rank is its place there, and 1 is the best."""

    scale: str
    code: str
    label: str
    rank: int


class GradeView(Struct, frozen=True):
    """What a company certified."""

    company: str
    grade: str
    certificate: str


class CardOut(Struct, frozen=True, kw_only=True):
    """One copy of a printing. ``held``: it is listed or otherwise set aside."""

    id: UUID
    printing: PrintingOut
    serial: int
    owner_id: UUID
    is_held: bool
    minted_to_id: UUID
    minted_at: datetime
    condition: ConditionView | None
    grade: GradeView | None


class CardsPage(Struct, frozen=True):
    """A part of the cards found."""

    data: tuple[CardOut, ...]
    next: str | None


class OwnershipView(Struct, frozen=True, kw_only=True):
    """Whose a card became, when, and for what; no settlement made the first one."""

    owner_id: UUID
    acquired_at: datetime
    purpose: Annotated[str, Meta(examples=["market.purchase"])]
    settlement_id: UUID | None


class HistoryPage(Struct, frozen=True):
    """A part of a card's owners, the present one first."""

    data: tuple[OwnershipView, ...]
    next: str | None


@get(
    "/cards",
    opt=public,
    operation_id="findCards",
    summary="Find single cards",
    tags=_TAGS,
    responses=problems(cards.InvalidSetCode, cards.InvalidText),
)
async def find_cards(
    *,
    paging: Paging,
    search_cards: UseCase[cards.SearchCards],
    owner: Annotated[UUID | None, QueryParameter(description="Whose cards.")] = None,
    printing: Annotated[UUID | None, QueryParameter(description="Copies of it.")] = None,
    text: TextQuery = "",
    card_set: SetQuery = None,
    rarity: TraitQuery = None,
    finish: TraitQuery = None,
    artist: ArtistQuery = None,
    sort: Annotated[
        CardSort, QueryParameter(description="By serial only among the copies of one printing.")
    ] = CardSort.NEWEST,
) -> Response[CardsPage]:
    filter = CardFilter(
        text=text.strip(),
        set_code=None if card_set is None else SetCode(card_set),
        rarity=rarity,
        finish=finish,
        artist=artist,
        printing_id=None if printing is None else PrintingId(printing),
        owner_id=None if owner is None else UserId(owner),
    )
    found = await search_cards(filter=filter, sort=sort, page=paging.request)
    return paging.answer(CardsPage, found, CardOut)


@get(
    "/cards/{card_id:uuid}",
    opt=public,
    operation_id="getCard",
    summary="See a card",
    tags=_TAGS,
)
async def get_card(card_id: FromPath[UUID], get_card: UseCase[cards.GetCard]) -> Response[CardOut]:
    return await _shown(CardId(card_id), get_card)


@get(
    "/cards/{card_id:uuid}/history",
    opt=public,
    operation_id="getCardHistory",
    summary="See through whose hands a card went, from its minting on",
    tags=_TAGS,
)
async def get_card_history(
    card_id: FromPath[UUID],
    paging: Paging,
    list_card_owners: UseCase[ledger.ListCardOwners],
) -> Response[HistoryPage]:
    found = await list_card_owners(card_id=CardId(card_id), page=paging.request)
    return paging.answer(HistoryPage, found, OwnershipView)


@put(
    "/cards/{card_id:uuid}/condition",
    opt=signed_in,
    operation_id="stateCondition",
    summary="Say how worn a card of yours is, while it is not on offer",
    tags=_TAGS,
    responses=problems(cards.UnknownCondition),
)
async def assess_condition(
    *,
    card_id: FromPath[UUID],
    data: JSONBody[ConditionBody],
    caller: Caller,
    if_match: IfMatch,
    assess_condition: UseCase[cards.AssessCondition],
    get_card: UseCase[cards.GetCard],
) -> Response[CardOut]:
    card = await assess_condition(
        card_id=CardId(card_id),
        condition=Condition(ConditionScale(data.scale), data.code),
        owner_id=caller.user_id,
        expected_version=if_match,
    )
    return await _shown(card.id, get_card)


@put(
    "/cards/{card_id:uuid}/grade",
    opt=only(Role.MODERATOR, Role.ADMIN, Role.SERVICE),
    operation_id="recordGrade",
    summary="Record what a grading company certified, while it is not on offer: for moderators",
    tags=_TAGS,
    responses=problems(cards.InvalidGrade),
)
async def record_grade(
    *,
    card_id: FromPath[UUID],
    data: JSONBody[GradeBody],
    caller: Caller,
    if_match: IfMatch,
    record_grade: UseCase[cards.RecordGrade],
    get_card: UseCase[cards.GetCard],
) -> Response[CardOut]:
    card = await record_grade(
        card_id=CardId(card_id),
        grade=Grade(data.company, data.grade, data.certificate),
        actor=caller.actor,
        expected_version=if_match,
    )
    return await _shown(card.id, get_card)


async def _shown(card_id: CardId, get_card: UseCase[cards.GetCard]) -> Response[CardOut]:
    """The card, tagged with its version.

    There is no answer without a body for who knows the version: a change of hands leaves it alone.
    """
    card = await get_card(card_id=card_id)
    return tagged(view(card, CardOut), card.version)


routes: list[ControllerRouterHandler] = [
    list_card_sets,
    get_card_set,
    create_card_set,
    edit_card_set,
    find_printings,
    get_printing,
    get_printing_art,
    add_printing,
    edit_printing,
    mint_cards,
    find_cards,
    get_card,
    get_card_history,
    assess_condition,
    record_grade,
]
