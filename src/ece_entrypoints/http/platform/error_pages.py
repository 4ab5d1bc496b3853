"""The page of each error, from which the served pages and those in ``docs/errors`` are written."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, Final, get_args
from uuid import UUID

import msgspec
from attrs import fields, frozen

from ece_domain import cards, identity, kernel, ledger, market, sales
from ece_domain.kernel import DomainError, InvalidInput, Money
from ece_entrypoints.http.platform.error_samples import sample_error, sample_of, sample_path

from .operations import Operation
from .problems import MEDIA_TYPE, headers_of, problem_of, status_of, title_of

_PLACEHOLDER: Final = re.compile(r'"?\{(\w+)\}"?')
_ANY_PATH: Final = "/v1/listings"
_MAX_LISTED: Final = 12
"""A longer list of operations helps nobody."""

HELPFUL: Final[Mapping[type[DomainError], tuple[str, ...]]] = {
    kernel.Unauthenticated: ("logIn",),
    identity.EmailTaken: ("logIn",),
    identity.TokenExpired: ("refreshSession",),
    identity.UserNotFound: ("getProfile",),
    identity.WrongCredentials: ("logIn", "registerUser"),
    cards.CardIsGraded: ("getCard",),
    cards.CardNotFound: ("listCards",),
    cards.CardOnHold: ("getCard", "cancelListing"),
    cards.CardSetNotFound: ("listCardSets",),
    cards.NotTheIssuer: ("getCardSet",),
    cards.NotTheOwner: ("getCard",),
    cards.PrintingExists: ("listPrintings",),
    cards.PrintingNotFound: ("listPrintings",),
    cards.PrintRunExceeded: ("getPrinting",),
    cards.PrintRunFixed: ("getPrinting", "createPrinting"),
    cards.SetCodeTaken: ("listCardSets",),
    cards.SortNeedsPrinting: ("listPrintings",),
    cards.DefinitionFixed: ("getCardSet",),
    cards.UnknownDefinition: ("getCardSet", "updateCardSet"),
    cards.ArtNotFound: ("getPrinting",),
    ledger.BalanceLimit: ("getMyWallet",),
    ledger.CardAlreadyHeld: ("listMyHolds", "cancelListing"),
    ledger.CardNotOwned: ("getCard", "listCards"),
    ledger.HoldExceeded: ("getHold",),
    ledger.HoldPastExpiry: ("placeHold",),
    ledger.HoldNotExpired: ("releaseHold",),
    ledger.HoldNotFound: ("listMyHolds",),
    ledger.HoldNotOpen: ("getHold", "placeHold"),
    ledger.InsufficientFunds: ("getMyWallet", "listMyHolds"),
    ledger.SettlementNotFound: ("listMyStatement",),
    market.ListingNotActive: ("listListings", "createListing"),
    market.ListingNotFound: ("listListings", "listMyListings"),
    market.BuyerIsSeller: ("cancelListing",),
    market.PriceAboveMax: ("getListing",),
    sales.SaleNotFound: ("listMySales",),
}
"""The operations that help after an error: the domain's hints do not know the routes."""


@frozen
class Member:
    """A typed member of a problem."""

    name: str
    kind: str
    meaning: str


@frozen
class ErrorPage:
    """All that a page says about an error, in its order. Texts have code in `back quotes`."""

    code: str
    title: str
    status: HTTPStatus
    what_happened: str
    why: str
    what_to_do: str
    helpful: tuple[Operation, ...]
    members: tuple[Member, ...]
    example_headers: Mapping[str, str]
    example: str
    where: str
    listed: tuple[Operation, ...]

    @classmethod
    def of(cls, error: type[DomainError], operations: Sequence[Operation]) -> "ErrorPage":
        """The page of the error in an API with these operations."""
        helpful = next((HELPFUL[base] for base in error.__mro__ if base in HELPFUL), ())
        problem = msgspec.json.encode(example_problem(error, operations))
        answering = _answered_by(error, operations)
        return cls(
            code=error.code,
            title=title_of(error),
            status=HTTPStatus(status_of(error)),
            what_happened=_prose(cleandoc(error.__doc__ or "")),
            why=_prose(error.cause),
            what_to_do=_prose(error.hint),
            helpful=tuple(each for each in operations if each.id in helpful),
            members=tuple(_member(error, each) for each in fields(error)),
            example_headers={"Content-Type": MEDIA_TYPE, **headers_of(error)},
            example=msgspec.json.format(problem, indent=2).decode(),
            where=_where(error, len(answering), len(operations)),
            listed=answering if len(answering) <= _MAX_LISTED else (),
        )


def example_problem(error: type[DomainError], operations: Sequence[Operation]) -> dict[str, object]:
    """A complete problem with this code, with realistic values, as plain JSON."""
    paths = [operation.path for operation in _answered_by(error, operations)]
    problem = problem_of(sample_error(error), sample_path(next(iter(paths), _ANY_PATH)))
    plain: dict[str, object] = msgspec.to_builtins(problem)
    return plain


def _answered_by(
    error: type[DomainError], operations: Sequence[Operation]
) -> tuple[Operation, ...]:
    return tuple(operation for operation in operations if error.code in operation.codes)


def _where(error: type[DomainError], answering: int, total: int) -> str:
    if answering > _MAX_LISTED:
        return f"{answering} of the {total} operations document this problem."
    if answering:
        return "These operations document this problem:"
    is_of_kernel = error.code.startswith("kernel.") and not issubclass(error, InvalidInput)
    if error.code.startswith("http.") or is_of_kernel:
        return "Any operation can answer with this problem."
    return "No operation documents this problem. Code that calls the use cases can meet it."


def _prose(text: str) -> str:
    """The text of an error in general: a value's place is named by its member."""
    return _PLACEHOLDER.sub(r"`\1`", text.replace("``", "`"))


def _member(error: type[DomainError], field: Any) -> Member:  # noqa: ANN401  # attrs' own
    return Member(field.name, _kind_of(field.type), sample_of(error, field).meaning)


_KINDS: Final[Mapping[type, str]] = {
    int: "integer",
    str: "string",
    datetime: "time (RFC 3339)",
    Money: "`Money`: `amount` and `asset`",
    UUID: "UUID",
}


def _kind_of(kind: Any) -> str:  # noqa: ANN401  # a type form
    """A type as JSON has it."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(f"`{each.value}`" for each in kind)
    if get_args(kind):
        return "array of strings" if str in get_args(kind) else "array of objects"
    return _KINDS[kind]
