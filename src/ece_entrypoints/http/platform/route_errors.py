"""The problems that a route can answer with, from its signature.

A use case names its errors in its docstring, and so do the dependencies that a handler asks for and
the ``to_domain`` of its body. A handler declares with ``responses=problems(...)`` only what its own
conversion of the request raises.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.routes import BaseRoute

from ece_domain import identity, kernel
from ece_domain.identity import Role
from ece_entrypoints.wiring.retry_on_conflict import is_use_case

from .auth import TokenRequired, access_of
from .conditional import PreconditionFailed
from .errors import AddressNotFound, BodyTooLarge
from .field_errors import InvalidBody, InvalidParameters
from .json_body import (
    BodyRequired,
    DuplicateKey,
    MalformedBody,
    TooDeep,
    UnsupportedEncoding,
    UnsupportedMediaType,
)
from .named_errors import named_errors
from .operations import documented
from .problems import Problems, document, status_of
from .schemas import structs_in

_BODY_ERRORS: Final = (
    InvalidBody,
    MalformedBody,
    DuplicateKey,
    TooDeep,
    BodyTooLarge,
    UnsupportedMediaType,
    UnsupportedEncoding,
)

_NEVER_OVER_HTTP: Final = (kernel.ConcurrentChange, kernel.InvalidPage)
"""Each has another form here: a change since ``If-Match`` is a failed precondition, and a page that
a list has not given is refused with its sealed cursor. Stated by the operation's shape instead."""


def document_problems(routes: Iterable[BaseRoute]) -> None:
    """Give every operation the problems that follow from its shape, beside those it names."""
    for handler in documented(routes):
        named = handler.responses or {}
        usual: dict[int, list[str]] = {}
        for error in dict.fromkeys(derived_errors(handler)):
            usual.setdefault(status_of(error), []).append(error.code)
        handler.responses = {
            status: _merged(status, usual.get(status, []), named.get(status))
            for status in sorted({*usual, *named})
        }


def derived_errors(handler: HTTPRouteHandler) -> Iterator[type[kernel.DomainError]]:
    """What an operation can answer with, as its signature and its access tell."""
    yield from _errors_of_the_request(handler)
    for use_case in use_cases_of(handler):
        for error in named_errors(use_case.__call__):
            if error not in _NEVER_OVER_HTTP:
                yield error
    yield from _errors_of_the_store(handler)


def _errors_of_the_store(handler: HTTPRouteHandler) -> Iterator[type[kernel.DomainError]]:
    """What any request can meet in the store: stated here for all routes, by what they do."""
    asked = handler.parsed_fn_signature.parameters
    if set(asked) - {"data", "request"}:
        yield kernel.Unavailable
    if any(use_cases_of(handler)):
        yield kernel.TimedOut
    if "GET" not in handler.http_methods:
        yield kernel.LockTimeout
        yield PreconditionFailed if "if_match" in asked else kernel.ConcurrentChange
    if asked.keys() & {"key", "optional_key"}:
        yield from (kernel.RequestInFlight, kernel.IdempotencyKeyReused)


def _errors_of_the_request(handler: HTTPRouteHandler) -> Iterator[type[kernel.DomainError]]:
    asked = handler.parsed_fn_signature.parameters
    access = access_of(handler)
    yield kernel.RateLimited
    yield InvalidParameters
    if any("{" in path for path in handler.paths):
        yield AddressNotFound
    if "data" in asked:
        yield from _BODY_ERRORS if asked["data"].has_default else (*_BODY_ERRORS, BodyRequired)
        for body in structs_in(asked["data"].annotation):
            if hasattr(body, "to_domain"):
                yield from named_errors(body.to_domain)
    if access is not None and access.roles is not None:
        yield from (TokenRequired, identity.InvalidToken, identity.TokenExpired)
        yield identity.SessionNotActive
        if access.roles != frozenset(Role):
            yield identity.RoleNotAllowed
    for name, dependency in handler.resolve_dependencies().items():
        if name in asked:
            yield from named_errors(dependency.dependency)


def use_cases_of(handler: HTTPRouteHandler) -> Iterator[type[Any]]:
    for asked in handler.parsed_fn_signature.parameters.values():
        if is_use_case(asked.annotation):
            yield asked.annotation


def _merged(status: int, usual: list[str], named: ResponseSpec | None) -> ResponseSpec:
    if named is not None and not isinstance(named, Problems):
        return named
    codes = dict.fromkeys((*usual, *(named.codes if named else ())))
    return document(status, tuple(codes))
