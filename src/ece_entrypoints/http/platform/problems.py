"""Every refusal as an RFC 9457 problem. The one place that knows a status for a domain error."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from http import HTTPStatus
from inspect import cleandoc
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import Scope, Send
from msgspec import UNSET, Meta, Struct, UnsetType

from ece_domain import identity, kernel
from ece_domain.kernel import DomainError, Money
from ece_entrypoints.http.platform.field_error_sentences import sentence_of

from .auth import TokenRequired
from .conditional import PreconditionFailed, PreconditionRequired
from .errors import (
    AddressNotFound,
    BadRequest,
    BodyTooLarge,
    InternalError,
    MethodNotAllowed,
    TooManyConnections,
    UnknownHost,
)
from .field_errors import FieldError, InvalidParameters, code_of
from .head import with_head
from .json_body import UnsupportedEncoding, UnsupportedMediaType
from .status_phrases import status_phrase

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[Mapping[type[DomainError], int]] = {
    kernel.InvalidInput: HTTPStatus.BAD_REQUEST,
    kernel.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    kernel.Forbidden: HTTPStatus.FORBIDDEN,
    kernel.NotFound: HTTPStatus.NOT_FOUND,
    kernel.Conflict: HTTPStatus.CONFLICT,
    kernel.LimitExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    kernel.TimedOut: HTTPStatus.SERVICE_UNAVAILABLE,
    kernel.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    kernel.IdempotencyKeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    InternalError: HTTPStatus.INTERNAL_SERVER_ERROR,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    PreconditionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    TooManyConnections: HTTPStatus.SERVICE_UNAVAILABLE,
    UnknownHost: HTTPStatus.MISDIRECTED_REQUEST,
    UnsupportedEncoding: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}
"""By kind; the most specific class wins."""


def _challenge(error: type[DomainError], kind: str = "invalid_token") -> Mapping[str, str]:
    """Why a bearer token was refused (RFC 6750)."""
    told = cleandoc(error.__doc__ or "").replace('"', "'")
    challenge = f'Bearer realm="ece", error="{kind}", error_description="{told}"'
    return {"WWW-Authenticate": challenge}


_HEADERS: Final[Mapping[type[DomainError], Mapping[str, str]]] = {
    TokenRequired: {"WWW-Authenticate": 'Bearer realm="ece"'},
    identity.InvalidToken: _challenge(identity.InvalidToken),
    identity.TokenExpired: _challenge(identity.TokenExpired),
    identity.SessionNotActive: _challenge(identity.SessionNotActive),
    identity.RoleNotAllowed: _challenge(identity.RoleNotAllowed, "insufficient_scope"),
    kernel.Unauthenticated: {"WWW-Authenticate": 'Bearer realm="ece"'},
    kernel.LimitExceeded: {"Retry-After": "1"},
    kernel.LockTimeout: {"Retry-After": "1"},
    kernel.RequestInFlight: {"Retry-After": "1"},
    kernel.Unavailable: {"Retry-After": "1"},
    TooManyConnections: {"Retry-After": "5"},
}

_OF_LITESTAR: Final[Mapping[int, type[DomainError]]] = {
    HTTPStatus.BAD_REQUEST: BadRequest,
    HTTPStatus.NOT_FOUND: AddressNotFound,
    HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowed,
}
"""What an exception of Litestar means, by its status."""

_HUNG_UP: Final = "client disconnected prematurely"
"""Litestar's word, of status 500, on a client that left in the middle of its body."""

_log = structlog.stdlib.get_logger("ece.http")
_security_log = structlog.stdlib.get_logger("ece.security")


class Problem(Struct, frozen=True, kw_only=True):
    """What went wrong (RFC 9457). Further members tell a program more."""

    type: Annotated[
        str,
        Meta(description="The page about the code.", examples=["/docs/errors/http.token-required"]),
    ]
    title: Annotated[str, Meta(description="The code in words.", examples=["Token required"])]
    status: Annotated[int, Meta(ge=400, le=599, description="The HTTP status.", examples=[401])]
    detail: Annotated[str, Meta(description="What happened, why, and what to do, for a person.")]
    code: Annotated[
        str, Meta(description="What happened, for a program.", examples=["http.token-required"])
    ]
    instance: Annotated[str, Meta(description="The path of the request.", examples=["/v1/me"])]
    errors: Annotated[
        tuple[FieldError, ...] | UnsetType, Meta(description="For bad input: all that is wrong.")
    ] = UNSET


@dataclass
class Problems(ResponseSpec):
    """One status of an operation, with the codes that it can carry, for OpenAPI."""

    codes: tuple[str, ...] = ()


def problems(*errors: type[DomainError]) -> dict[int, ResponseSpec]:
    """What an operation documents beside the usual problems: ``responses=problems(SoldOut)``."""
    by_status: dict[int, list[str]] = {}
    for error in errors:
        by_status.setdefault(status_of(error), []).append(error.code)
    return {status: document(status, tuple(codes)) for status, codes in by_status.items()}


def document(status: int, codes: tuple[str, ...]) -> Problems:
    """A problem answer with these codes, for OpenAPI."""
    listed = ", ".join(f"`{code}`" for code in codes)
    return Problems(
        Problem,
        generate_examples=False,
        description=f"{status_phrase(status)}: {listed}",
        media_type=MEDIA_TYPE,
        codes=codes,
    )


def status_of(error: type[DomainError]) -> int:
    return next(STATUS[kind] for kind in error.__mro__ if kind in STATUS)


def title_of(error: type[DomainError]) -> str:
    """``ListingNotActive`` in words."""
    name = error.__name__
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.strip().capitalize()


def headers_of(error: type[DomainError]) -> Mapping[str, str]:
    """The headers that go with every problem of this kind."""
    return next((_HEADERS[base] for base in error.__mro__ if base in _HEADERS), {})


def problem_of(error: DomainError, instance: str, public_url: str = "") -> dict[str, object]:
    """The problem as it is sent: its facts, and what every problem has.

    ``instance`` is the path of the request that was refused. With a ``public_url`` the addresses
    are absolute, as RFC 9457 recommends.
    """
    kind = type(error)
    return {
        "type": f"{public_url}/docs/errors/{error.code}",
        "title": title_of(kind),
        "status": status_of(kind),
        "detail": error.detail.replace("``", "`"),
        "code": error.code,
        "instance": f"{public_url}{instance}",
        **{name: _plain(value) for name, value in error.details.items()},
    }


def answer_domain_error(request: Request[Any, Any, Any], error: DomainError) -> Response[bytes]:
    if isinstance(error, kernel.RateLimited):
        _security_log.warning("rate-limited", limit=error.limit, path=request.scope["path"])
    if type(error) is kernel.ConcurrentChange and _expects_version(request):
        error = PreconditionFailed()
    return _answer(request, error)


def answer_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What Litestar itself refuses, such as an address that is not there."""
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        faults = tuple(_parameter_fault(request, each) for each in error.extra)
        return _answer(request, InvalidParameters(faults))
    if error.detail == _HUNG_UP:
        return _answer(request, BadRequest())  # for the access log: nobody hears it
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        limit = request.route_handler.resolve_request_max_body_size()
        return _answer(request, BodyTooLarge(max_bytes=limit or 0))
    known = _OF_LITESTAR.get(error.status_code)
    if known is None:
        return answer_bug(request, error)
    return _answer(request, known(), _with_head(error.headers))


async def send_problem(
    error: DomainError,
    scope: Scope,
    send: Send,
    *,
    public_url: str = "",
    headers: Mapping[str, str] | None = None,
) -> None:
    """Answer with the problem where no application does."""
    kind = type(error)
    instance = quote(scope["path"], errors="replace")
    body = msgspec.json.encode(problem_of(error, instance, public_url))
    told = {
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        **headers_of(kind),
        **(headers or {}),
    }
    raw = [(name.lower().encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status_of(kind), "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def answer_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Tell the log everything and the client nothing but the request id, which is in a header."""
    _log.error("unexpected", path=request.scope["path"], exc_info=error)
    return _answer(request, InternalError())


def _own_headers(error: DomainError) -> Mapping[str, str]:
    """Headers whose values are those of the error."""
    if isinstance(error, kernel.RateLimited):
        return {"Retry-After": str(error.retry_after_seconds)}
    return {}


def _answer(
    request: Request[Any, Any, Any], error: DomainError, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    kind = type(error)
    instance = quote(request.scope["path"], errors="replace")
    return Response(
        msgspec.json.encode(problem_of(error, instance, request.app.state.public_url)),
        status_code=status_of(kind),
        media_type=MEDIA_TYPE,
        headers={**headers_of(kind), **_own_headers(error), **(headers or {})},
    )


def _with_head(headers: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Litestar does not know that HEAD is answered wherever GET is."""
    allowed = {name: each for name, each in (headers or {}).items() if name.lower() == "allow"}
    methods = {method for each in allowed.values() for method in each.split(", ")}
    return {"Allow": ", ".join(sorted(with_head(methods)))} if methods else headers


def _parameter_fault(request: Request[Any, Any, Any], message: Mapping[str, Any]) -> FieldError:
    """What Litestar says about one parameter, in our words."""
    place = getattr(message.get("source"), "value", UNSET)
    name = message.get("key", UNSET)
    declared = request.route_handler.parsed_fn_signature.parameters.get(name)
    text = message["message"]
    detail = sentence_of(text, None if declared is None else declared.annotation)
    return FieldError(code=code_of(text), detail=detail, parameter=name, place=place)


def _expects_version(request: Request[Any, Any, Any]) -> bool:
    return "if_match" in request.route_handler.parsed_fn_signature.parameters


def _plain(value: object) -> object:
    """A fact of an error as JSON can carry it; what has no form of its own there becomes text."""
    if isinstance(value, Money):
        return {"amount": value.amount, "asset": str(value.asset)}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    if value is None or isinstance(value, (str, int, UUID, datetime, Enum, FieldError)):
        return value
    return str(value)
