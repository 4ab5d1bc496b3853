"""Routes of card sets: list, create and edit."""

from datetime import date, datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from litestar import Request, Response, get, patch, post
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from ece_domain import cards
from ece_domain.cards import (
    MAX_ROYALTY,
    FinishDefinition,
    RarityDefinition,
    Release,
    SetCode,
)
from ece_domain.identity import Role, UserId
from ece_domain.kernel import Rate
from ece_entrypoints.http.platform.auth import Caller, only, public, signed_in
from ece_entrypoints.http.platform.conditional import IfMatch, not_modified, tagged, unless_known
from ece_entrypoints.http.platform.idempotency import OptionalKey, answered
from ece_entrypoints.http.platform.json_body import MAX_LARGE_BODY
from ece_entrypoints.http.platform.pagination import PageBody, Paging
from ece_entrypoints.http.platform.patterns import exact
from ece_entrypoints.http.platform.problems import problems
from ece_entrypoints.http.platform.views import UseCase, changes_in

_TAGS = ["Cards"]

SetCodeText: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=exact("[A-Za-z0-9]+(-[A-Za-z0-9]+)*"),
        description="The set's name in addresses; kept in lower case.",
        examples=["moonlit-coast"],
    ),
]
SetName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=120, examples=["Moonlit Coast"])]
RoyaltyPpm: TypeAlias = Annotated[
    int,
    Meta(
        ge=0,
        le=MAX_ROYALTY.ppm,
        description="The creator's share of each sale, in parts per million.",
        examples=[25_000],
        extra_json_schema={"extra": {"minimum": 0}},  # Litestar ignores an optional 0
    ),
]
ReleaseDate: TypeAlias = Annotated[date, Meta(examples=["2026-01-31"])]
PrintingCount: TypeAlias = Annotated[
    int, Meta(ge=1, le=1_000_000, description="How many printings there are said to be.")
]
Definitions: TypeAlias = Annotated["tuple[Definition, ...]", Meta(min_length=1, max_length=100)]


class Definition(Struct, frozen=True, forbid_unknown_fields=True):
    """A rarity or a finish, and its rank in the card set."""

    code: Annotated[str, Meta(min_length=1, max_length=40, examples=["rare"])]
    label: Annotated[str, Meta(min_length=1, max_length=80, examples=["Rare"])]
    rank: Annotated[int, Meta(ge=0, le=10_000, description="The higher, the scarcer.")]


class CardSetCreate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A new card set. The issuer is the caller, and also the creator, unless others are named."""

    code: SetCodeText
    name: SetName
    rarities: Definitions
    finishes: Definitions
    issuer_id: UUID | None = None
    creator_id: UUID | None = None
    royalty_ppm: RoyaltyPpm = 0
    released_on: ReleaseDate | None = None
    declared_count: PrintingCount | None = None


class CardSetUpdate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Changes of a card set. Absent fields keep their value."""

    name: SetName | UnsetType = UNSET
    rarities: Definitions | UnsetType = UNSET
    finishes: Definitions | UnsetType = UNSET
    royalty_ppm: RoyaltyPpm | UnsetType = UNSET
    released_on: ReleaseDate | UnsetType | None = UNSET
    declared_count: PrintingCount | UnsetType | None = UNSET


class CardSet(Struct, frozen=True, kw_only=True):
    """A card set with its issuer and creator."""

    id: UUID
    version: int
    code: str
    name: str
    issuer_id: UUID
    creator_id: UUID
    royalty_ppm: int
    released_on: ReleaseDate | None
    declared_count: int | None
    rarities: tuple[Definition, ...]
    finishes: tuple[Definition, ...]
    created_at: datetime
    updated_at: datetime


class CardSetPage(PageBody[CardSet], frozen=True):
    """A page of card sets."""


@get(
    "/card-sets",
    opt=public,
    operation_id="listCardSets",
    summary="List all card sets, by code",
    tags=_TAGS,
)
async def list_card_sets(
    paging: Paging, list_card_sets: UseCase[cards.ListCardSets]
) -> Response[CardSetPage]:
    return paging.answer(CardSetPage, await list_card_sets(page=paging.request), _shown)


@get(
    "/card-sets/{code:str}",
    opt=public,
    operation_id="getCardSet",
    summary="See a card set",
    tags=_TAGS,
    responses=problems(cards.InvalidSetCode) | not_modified,
)
async def get_card_set(
    request: Request[Any, Any, Any],
    code: FromPath[str],
    get_card_set: UseCase[cards.GetCardSet],
) -> Response[CardSet]:
    card_set = await get_card_set(code=SetCode(code))
    return unless_known(request, _shown(card_set), card_set.version)


@post(
    "/card-sets",
    opt=only(Role.ADMIN),
    operation_id="createCardSet",
    summary="Create a card set: for admins",
    tags=_TAGS,
    request_max_body_size=MAX_LARGE_BODY,
    responses=problems(cards.InvalidText, cards.InvalidDefinitions),
)
async def create_card_set(
    data: JSONBody[CardSetCreate],
    caller: Caller,
    optional_key: OptionalKey,
    create_card_set: UseCase[cards.CreateCardSet],
) -> Response[CardSet]:
    release = Release(
        name=data.name,
        rarities=_rarities(data.rarities),
        finishes=_finishes(data.finishes),
        released_on=data.released_on,
        declared_count=data.declared_count,
    )
    result = await create_card_set(
        code=SetCode(data.code),
        release=release,
        issuer_id=UserId(data.issuer_id) if data.issuer_id else caller.user_id,
        creator_id=UserId(data.creator_id) if data.creator_id else None,
        royalty=Rate(data.royalty_ppm),
        actor=caller.actor,
        key=optional_key,
    )
    return answered(result, _shown(result.value), location=f"/v1/card-sets/{result.value.code}")


@patch(
    "/card-sets/{code:str}",
    opt=signed_in,
    operation_id="updateCardSet",
    summary="Change a card set: for its issuer",
    tags=_TAGS,
    request_max_body_size=MAX_LARGE_BODY,
    responses=problems(cards.InvalidSetCode),
)
async def edit_card_set(
    *,
    code: FromPath[str],
    data: JSONBody[CardSetUpdate],
    caller: Caller,
    if_match: IfMatch,
    edit_card_set: UseCase[cards.EditCardSet],
) -> Response[CardSet]:
    given = changes_in(data)
    if data.rarities is not UNSET:
        given["rarities"] = _rarities(data.rarities)
    if data.finishes is not UNSET:
        given["finishes"] = _finishes(data.finishes)
    if "royalty_ppm" in given:
        given["royalty"] = Rate(given.pop("royalty_ppm"))
    card_set = await edit_card_set(
        code=SetCode(code),
        changes=cards.CardSetChanges(**given),
        actor=caller.actor,
        expected_version=if_match,
    )
    return tagged(_shown(card_set), card_set.version)


def _rarities(given: tuple[Definition, ...]) -> tuple[RarityDefinition, ...]:
    return tuple(
        RarityDefinition(definition.code, definition.label, definition.rank) for definition in given
    )


def _finishes(given: tuple[Definition, ...]) -> tuple[FinishDefinition, ...]:
    return tuple(
        FinishDefinition(definition.code, definition.label, definition.rank) for definition in given
    )


def _shown(card_set: cards.CardSet) -> CardSet:
    release = card_set.release
    return CardSet(
        id=card_set.id,
        version=card_set.version,
        code=card_set.code.text,
        name=release.name,
        issuer_id=card_set.issuer_id,
        creator_id=card_set.creator_id,
        royalty_ppm=card_set.royalty.ppm,
        released_on=release.released_on,
        declared_count=release.declared_count,
        rarities=tuple(Definition(each.code, each.label, each.rank) for each in release.rarities),
        finishes=tuple(Definition(each.code, each.label, each.rank) for each in release.finishes),
        created_at=card_set.created_at,
        updated_at=card_set.updated_at,
    )
