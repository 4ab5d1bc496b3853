"""The OpenAPI document: complete, so that a client can be written from it alone."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, Final

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, License, SecurityScheme, Tag

from ece_domain import kernel
from ece_domain.identity import Role
from ece_entrypoints.http.platform.error_pages import example_problem
from ece_entrypoints.http.platform.operations import documented, operations_of

from . import rate_limit_headers
from .auth import access_of
from .docs import Document, docs_router
from .error_catalog import catalog
from .examples import example_of
from .field_texts import describe_fields
from .json_body import MERGE_PATCH
from .named_errors import named_errors
from .patterns import portable
from .problem_members import add_members
from .problems import MEDIA_TYPE, Problems, headers_of
from .route_errors import use_cases_of
from .schemas import describe_structs
from .status_phrases import status_phrase

VERSION: Final = "0.1.0"

_DESCRIPTION: Final = """\
Changes within `/v1` are additive: ignore members that you do not know, and treat an unknown value
of a list of values as "other". What will end is marked `deprecated` here, and its answers carry the
headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) for at least 12 months.

Every POST that moves money or cards requires an `Idempotency-Key`; those that create a card set or
a printing accept one. The same key replays the first result, with `Idempotent-Replayed: true`.
`registerUser`, `logIn` and `refreshSession` take no key, because the record of such a request would
hold a password or tokens: an e-mail address is registered once, and a refresh that is repeated
within 30 seconds gets the same tokens. `openWalletAccount` and `auditLedger` take no key, because
they have the same effect however often they are sent.
"""

_PROBLEM_HEADERS: Final = {
    **rate_limit_headers.DESCRIPTIONS,
    "Retry-After": "After how many seconds to send the request again.",
    "WWW-Authenticate": "How to authenticate: `Bearer`, with the access token.",
}

_PICTURE: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 630 880"/>'

_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new key for a new request, the same key for a retry of it.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
    "example": "9f1c2e9a-buy-1",
}
_OPTIONAL_KEY: Final = {**_KEY, "required": False}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what you saw: nothing is changed that you have not seen. ``*``"
    " changes it whatever its version.",
    "schema": {"type": "string", "pattern": '^([*]|"(0|[1-9][0-9]*)(-[0-9a-f]{16})?")$'},
    "example": '"3-59b9a9a1c9e5b1a0"',
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what you have: if it is the same still, it is not sent again.",
    "schema": {"type": "string"},
    "example": '"3-59b9a9a1c9e5b1a0"',
}


def openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="ECE",
        version=VERSION,
        summary="Elite Card Exchange: collectible cards change hands once, whole, with a receipt.",
        description=_DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            }
        ),
        tags=[
            Tag(name="Identity", description="Who you are: accounts of people, and sessions."),
            Tag(name="Cards", description="Card sets, their printings, and the cards themselves."),
            Tag(name="Ledger", description="Balances, holds and every transfer."),
            Tag(name="Sales", description="What was sold and bought, with its receipts."),
            Tag(name="Market", description="Listings, purchases, and what cards are worth."),
            Tag(name="Health", description="For those who run the exchange."),
        ],
        use_handler_docstrings=True,
        render_plugins=[Document(amended)],
        openapi_router=docs_router(),
    )


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
    describe_structs(found["components"]["schemas"], documented(app.routes))
    describe_fields(found)
    for handler in documented(app.routes):
        operation = by_id[str(handler.operation_id)]
        _add_description(operation, handler)
        _add_headers(operation, handler)
        _add_resource_headers(operation, handler, found["components"]["schemas"])
        _amend_body(operation, handler)
        _add_examples(operation, handler, found["components"]["schemas"])
        _amend_problems(operation, handler, errors)
    operations = operations_of(app.routes)
    codes = sorted({code for operation in operations for code in operation.codes})
    add_members(found["components"]["schemas"]["Problem"], [errors[code] for code in codes])
    found["components"]["examples"] = {
        code: {"value": example_problem(errors[code], operations)} for code in codes
    }
    return found


def _add_description(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    """What the use case says of itself, unless the handler has a docstring."""
    for use_case in use_cases_of(handler):
        text = cleandoc(use_case.__doc__ or "").partition("\n\n")[0]
        operation.setdefault("description", text.replace("``", "`"))


def _add_headers(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    asked = handler.parsed_fn_signature.parameters
    access = access_of(handler)
    if access is not None and access.roles is not None:
        operation["security"] = [{"bearer": []}]
        if access.roles != frozenset(Role):
            operation["x-roles"] = sorted(role.value for role in access.roles)
    headers = [_KEY] * ("key" in asked) + [_OPTIONAL_KEY] * ("optional_key" in asked)
    headers += [_IF_MATCH] * ("if_match" in asked)
    headers += [_IF_NONE_MATCH] * (HTTPStatus.NOT_MODIFIED in (handler.responses or {}))
    if headers:
        operation["parameters"] = [*operation.get("parameters", ()), *headers]
    success = operation["responses"][str(handler.status_code)]
    success["description"] = status_phrase(handler.status_code)
    sent = success.setdefault("headers", {})
    if asked.keys() & {"key", "optional_key"}:
        sent["Idempotent-Replayed"] = _header("`true` if this answer was given before.")
    if any(kernel.RateLimited in named_errors(each.__call__) for each in use_cases_of(handler)):
        for name, description in rate_limit_headers.DESCRIPTIONS.items():
            sent[name] = _header(description)
    if "paging" in asked:
        sent["Link"] = _header('The next page, as `<...>; rel="next"`, unless this is the last.')


def _add_resource_headers(
    operation: dict[str, Any], handler: HTTPRouteHandler, schemas: dict[str, Any]
) -> None:
    """A resource with a version has an ``ETag``; one that is made with an id has an address."""
    success = operation["responses"][str(handler.status_code)]
    names = {
        name
        for content in success.get("content", {}).values()
        for name in schemas.get(_schema_of(content), {}).get("properties", ())
    }
    if "version" in names or HTTPStatus.NOT_MODIFIED in (handler.responses or {}):
        success["headers"]["ETag"] = _always("The version, for `If-Match` and `If-None-Match`.")
    if "id" in names and handler.status_code == HTTPStatus.CREATED:
        success["headers"]["Location"] = _always("The path of what was made.")


def _schema_of(content: dict[str, Any]) -> str:
    return str(content["schema"].get("$ref", "")).rpartition("/")[2]


def _always(description: str) -> dict[str, Any]:
    return {**_header(description), "required": True}


def _amend_body(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    """A body has a limit. One that may be missing is still never ``null``; that of a PATCH is a
    merge patch.
    """
    if "PATCH" in handler.http_methods:
        content = operation["requestBody"]["content"]
        content[MERGE_PATCH] = dict(content["application/json"])
    data = handler.parsed_fn_signature.parameters.get("data")
    if data is None:
        return
    body = operation["requestBody"]
    body["description"] = f"At most {handler.resolve_request_max_body_size():,} bytes."
    if data.has_default:
        body["required"] = False
        for content in body["content"].values():
            content["schema"] = content["schema"]["oneOf"][0]


def _add_examples(
    operation: dict[str, Any], handler: HTTPRouteHandler, schemas: dict[str, Any]
) -> None:
    success = operation["responses"][str(handler.status_code)]
    for part in (operation.get("requestBody", {}), success):
        for media_type, content in part.get("content", {}).items():
            is_json = media_type.endswith("json")
            content["example"] = example_of(content["schema"], schemas) if is_json else _PICTURE


def _amend_problems(
    operation: dict[str, Any],
    handler: HTTPRouteHandler,
    errors: Mapping[str, type[kernel.DomainError]],
) -> None:
    """An example of each problem, and the headers that come with some of them."""
    for status, response in (handler.responses or {}).items():
        if isinstance(response, Problems):
            documented = operation["responses"][str(status)]
            documented["content"][MEDIA_TYPE]["examples"] = {
                code: {"$ref": f"#/components/examples/{code}"} for code in response.codes
            }
            for code in response.codes:
                own = rate_limit_headers.DESCRIPTIONS if errors[code] is kernel.RateLimited else ()
                for name in (*headers_of(errors[code]), *own):
                    headers = documented.setdefault("headers", {})
                    headers[name] = _header(_PROBLEM_HEADERS[name])


def _whole(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """The same JSON with bounds of integers as integers, which Litestar makes floats of, without
    the dots of ``tuple[X, ...]``, which it makes a type of that allows everything, and with
    patterns that every language reads.
    """
    if isinstance(value, dict):
        if value.get("oneOf", ())[1:] == [{}]:
            return _whole(value["oneOf"][0])
        if isinstance(value.get("pattern"), str):
            value["pattern"] = portable(value["pattern"])
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return min(int(value), 2**63 - 1)
    return value


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}
