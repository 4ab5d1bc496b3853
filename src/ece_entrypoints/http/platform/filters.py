"""The filters of lists: each has one name, one meaning and one limit wherever a list has it."""

from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias, TypedDict
from uuid import UUID

from litestar.di import Dependency, Provide
from litestar.params import QueryParameter, SkipValidationMarker

from ece_domain.cards import SetCode
from ece_domain.kernel import MAX_AMOUNT, TimeRange

from .field_errors import FieldError, InvalidParameters
from .timestamps import moment_in

MAX_QUERY: Final = 200
MAX_CODE: Final = 40

SetCodeQuery: TypeAlias = Annotated[
    str | None, QueryParameter(max_length=MAX_CODE, description="The code of the card set.")
]
TextQuery: TypeAlias = Annotated[
    str,
    QueryParameter(
        max_length=MAX_QUERY,
        description="Beginnings of at most 10 words of the card; small misspellings are forgiven.",
    ),
]
RarityQuery: TypeAlias = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=MAX_CODE, description="The code of the rarity."),
]
FinishQuery: TypeAlias = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=MAX_CODE, description="The code of the finish."),
]
ArtistQuery: TypeAlias = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=MAX_QUERY, description="The whole name."),
]
PrintingQuery: TypeAlias = Annotated[
    UUID | None, QueryParameter(description="The printing that the cards are copies of.")
]
SellerQuery: TypeAlias = Annotated[
    UUID | None, QueryParameter(description="Whose listings; 404 if there is no such user.")
]
OwnerQuery: TypeAlias = Annotated[
    UUID | None, QueryParameter(description="Whose cards; 404 if there is no such user.")
]
PriceQuery: TypeAlias = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=MAX_AMOUNT,
        description="A bound of the price, itself included, in minor units of the asset.",
        schema_extra={"minimum": 0},  # Litestar forgets a 0 that may be left out
    ),
]


CreatedAfter: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        max_length=MAX_CODE,
        description="Only what came into being later (RFC 3339, with an offset).",
        schema_extra={"format": "date-time"},
    ),
]
CreatedBefore: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        max_length=MAX_CODE,
        description="Only what came into being earlier (RFC 3339, with an offset).",
        schema_extra={"format": "date-time"},
    ),
]


def provide_created(
    created_after: CreatedAfter = None, created_before: CreatedBefore = None
) -> TimeRange:
    """:raises InvalidParameters: unless each moment has an offset and a place in UTC."""
    texts = {"created_after": created_after, "created_before": created_before}
    found = {name: moment_in(text) for name, text in texts.items() if text is not None}
    faults = tuple(
        FieldError(code=fault.code, detail=fault.detail, parameter=name, place="query")
        for name, fault in found.items()
        if isinstance(fault, FieldError)
    )
    if faults:
        raise InvalidParameters(errors=faults)
    bounds = {name: each for name, each in found.items() if isinstance(each, datetime)}
    return TimeRange(bounds.get("created_after"), bounds.get("created_before"))


Created: TypeAlias = Annotated[TimeRange, Dependency(), SkipValidationMarker()]
"""For the parameter ``created`` of a handler with the dependency of the same name."""
CREATED: Final[dict[str, Any]] = {"created": Provide(provide_created, sync_to_thread=False)}


class CatalogTerms(TypedDict):
    """What every list of printings, cards and listings can be filtered by."""

    text: str
    set_code: SetCode | None
    rarity: str | None
    finish: str | None
    artist: str | None


def provide_catalog_terms(
    *,
    q: TextQuery = "",
    set_code: SetCodeQuery = None,
    rarity: RarityQuery = None,
    finish: FinishQuery = None,
    artist: ArtistQuery = None,
) -> CatalogTerms:
    """:raises InvalidSetCode: unless ``set_code`` looks like one."""
    return CatalogTerms(
        text=q.strip(),
        set_code=None if set_code is None else SetCode(set_code),
        rarity=rarity,
        finish=finish,
        artist=artist,
    )


CatalogFilters: TypeAlias = Annotated[CatalogTerms, Dependency(), SkipValidationMarker()]
"""For the parameter ``catalog_terms`` of a handler with the dependency of the same name."""
CATALOG_TERMS: Final[dict[str, Any]] = {
    "catalog_terms": Provide(provide_catalog_terms, sync_to_thread=False)
}
