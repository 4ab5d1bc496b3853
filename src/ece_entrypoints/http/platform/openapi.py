"""The OpenAPI document: complete, so that a client can be written from it alone."""

import json
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Components, License, SecurityScheme, Tag
from litestar.routes import BaseRoute

from ece_domain import identity, kernel
from ece_domain.identity import Role
from ece_entrypoints.http.platform.error_pages import example_problem
from ece_entrypoints.http.platform.operations import documented, operations_of
from ece_entrypoints.wiring.retry_on_conflict import is_use_case

from .auth import TokenRequired, access_of
from .conditional import PreconditionFailed
from .docs import Document, docs_router
from .error_catalog import catalog
from .errors import AddressNotFound, BodyTooLarge
from .examples import example_of
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
from .problems import MEDIA_TYPE, Problems, document, status_of

VERSION: Final = "0.1.0"

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

_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new key for a new request, the same key for a retry of it.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
    "example": "9f1c2e9a-buy-1",
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what you saw: nothing is changed that you have not seen.",
    "schema": {"type": "string", "pattern": '^"(0|[1-9][0-9]*)"$'},
    "example": '"3"',
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what you have: if it is the same still, it is not sent again.",
    "schema": {"type": "string"},
    "example": '"3"',
}


def openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="ECE",
        version=VERSION,
        summary="Elite Card Exchange: collectible cards change hands once, whole, with a receipt.",
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            }
        ),
        tags=[
            Tag(name="Identity", description="Who you are: accounts of people, and sessions."),
            Tag(name="Cards", description="Card sets, their printings, and the cards themselves."),
            Tag(name="Ledger", description="What you own, what is set aside, and every move."),
            Tag(name="Sales", description="What was sold and bought, with its receipts."),
            Tag(name="Market", description="Cards on offer, and what they are worth."),
            Tag(name="Health", description="For those who run the exchange."),
        ],
        use_handler_docstrings=True,
        render_plugins=[Document(amended)],
        openapi_router=docs_router(),
    )


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


def openapi_document(app: Litestar) -> bytes:
    """The document as it is committed and served: indented JSON with a final newline."""
    return json.dumps(amended(app), indent=2, ensure_ascii=False).encode() + b"\n"


def amended(app: Litestar) -> dict[str, Any]:
    """Litestar's document with what it cannot know: the platform's headers, and examples."""
    found: dict[str, Any] = _whole(json.loads(json.dumps(app.openapi_schema.to_schema())))
    errors = catalog()
    by_id = {
        operation["operationId"]: operation
        for path in found["paths"].values()
        for operation in path.values()
    }
    for handler in documented(app.routes):
        operation = by_id[str(handler.operation_id)]
        _add_headers(operation, handler)
        _amend_body(operation, handler)
        _add_examples(operation, handler, found["components"]["schemas"])
    operations = operations_of(app.routes)
    found["components"]["examples"] = {
        code: {"value": example_problem(errors[code], operations)}
        for code in sorted({code for operation in operations for code in operation.codes})
    }
    return found


def _add_headers(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    asked = handler.parsed_fn_signature.parameters
    access = access_of(handler)
    if access is not None and access.roles is not None:
        operation["security"] = [{"bearer": []}]
        if access.roles != frozenset(Role):
            operation["x-roles"] = sorted(role.value for role in access.roles)
    headers = [_KEY] * ("key" in asked) + [_IF_MATCH] * ("if_match" in asked)
    headers += [_IF_NONE_MATCH] * (HTTPStatus.NOT_MODIFIED in (handler.responses or {}))
    if headers:
        operation["parameters"] = [*operation.get("parameters", ()), *headers]
    success = operation["responses"][str(handler.status_code)]
    success["description"] = HTTPStatus(handler.status_code).phrase
    sent = success.setdefault("headers", {})
    if "key" in asked:
        sent["Idempotency-Replayed"] = _header("``true`` if this answer was given before.")
    if "if_match" in asked:
        sent["ETag"] = _header("The version after the change, for the next ``If-Match``.")
    if "paging" in asked:
        sent["Link"] = _header('The next page, as ``<...>; rel="next"``, unless this is the last.')


def _amend_body(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    """A body that may be missing is still never ``null``."""
    data = handler.parsed_fn_signature.parameters.get("data")
    if data is not None and data.has_default:
        body = operation["requestBody"]
        body["required"] = False
        for content in body["content"].values():
            content["schema"] = content["schema"]["oneOf"][0]


def _add_examples(
    operation: dict[str, Any], handler: HTTPRouteHandler, schemas: dict[str, Any]
) -> None:
    success = operation["responses"][str(handler.status_code)]
    for part in (operation.get("requestBody", {}), success):
        for content in part.get("content", {}).values():
            content["example"] = example_of(content["schema"], schemas)
    for status, response in (handler.responses or {}).items():
        if isinstance(response, Problems):
            operation["responses"][str(status)]["content"][MEDIA_TYPE]["examples"] = {
                code: {"$ref": f"#/components/examples/{code}"} for code in response.codes
            }


def _whole(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """The same JSON with bounds of integers as integers, which Litestar makes floats of, and
    without the dots of ``tuple[X, ...]``, which it makes a type of that allows everything.
    """
    if isinstance(value, dict):
        if value.get("oneOf", ())[1:] == [{}]:
            return _whole(value["oneOf"][0])
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return min(int(value), 2**63 - 1)
    return value


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def derived_errors(handler: HTTPRouteHandler) -> Iterator[type[kernel.DomainError]]:
    """What an operation can answer with, as its signature and its access tell.

    Its use cases and its dependencies name their errors. Beside them it declares only what its own
    conversion of the request can raise, with ``responses=problems(...)``.
    """
    yield from _errors_of_the_request(handler)
    for use_case in _use_cases_of(handler):
        for error in named_errors(use_case.__call__):
            if error not in _NEVER_OVER_HTTP:
                yield error
        yield kernel.TimedOut
    asked = handler.parsed_fn_signature.parameters
    if set(asked) - {"data", "request"}:
        yield kernel.Unavailable
    if "GET" not in handler.http_methods:
        yield kernel.LockTimeout
        yield PreconditionFailed if "if_match" in asked else kernel.ConcurrentChange
    if "key" in asked:
        yield from (kernel.RequestInFlight, kernel.IdempotencyKeyReused)


def _errors_of_the_request(handler: HTTPRouteHandler) -> Iterator[type[kernel.DomainError]]:
    asked = handler.parsed_fn_signature.parameters
    access = access_of(handler)
    yield InvalidParameters
    if any("{" in path for path in handler.paths):
        yield AddressNotFound
    if "data" in asked:
        yield from _BODY_ERRORS if asked["data"].has_default else (*_BODY_ERRORS, BodyRequired)
    if access is not None and access.roles is not None:
        yield from (TokenRequired, identity.InvalidToken, identity.TokenExpired)
        yield identity.SessionNotActive
        if access.roles != frozenset(Role):
            yield identity.RoleNotAllowed
    for name, dependency in handler.resolve_dependencies().items():
        if name in asked:
            yield from named_errors(dependency.dependency)


def _use_cases_of(handler: HTTPRouteHandler) -> Iterator[type[Any]]:
    for asked in handler.parsed_fn_signature.parameters.values():
        if is_use_case(asked.annotation):
            yield asked.annotation


def _merged(status: int, usual: list[str], named: ResponseSpec | None) -> ResponseSpec:
    if named is not None and not isinstance(named, Problems):
        return named
    codes = dict.fromkeys((*usual, *(named.codes if named else ())))
    return document(status, tuple(codes))
