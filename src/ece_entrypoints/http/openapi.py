"""The OpenAPI document: complete, so that a client can be written from it alone."""

import json
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final

from litestar import Litestar
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Components, License, Schema, SecurityScheme, Tag
from litestar.routes import BaseRoute, HTTPRoute
from litestar.typing import FieldDefinition

from ece_domain import kernel
from ece_domain.identity import Role

from .auth import RoleRequired, TokenRequired, access_of
from .conditional import PreconditionFailed, PreconditionRequired
from .docs import Document, docs_router
from .faults import InvalidBody, InvalidParameters
from .idempotency import IdempotencyKeyRequired
from .problems import document, status_of
from .strict import MalformedBody, UnsupportedMediaType

VERSION: Final = "0.1.0"

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


class StrictStructs(StructSchemaPlugin):
    """Says what ``forbid_unknown_fields`` means: additionalProperties is false."""

    def to_openapi_schema(
        self,
        field_definition: FieldDefinition,
        schema_creator: Any,  # noqa: ANN401  # Litestar does not publish its type
    ) -> Schema:
        schema = super().to_openapi_schema(field_definition, schema_creator)
        if field_definition.type_.__struct_config__.forbid_unknown_fields:
            schema.additional_properties = False
        return schema


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
            Tag(name="Market", description="Cards on offer, and sales."),
            Tag(name="Health", description="For those who run the exchange."),
        ],
        use_handler_docstrings=True,
        render_plugins=[Document(amended)],
        openapi_router=docs_router(),
    )


def document_problems(routes: Iterable[BaseRoute]) -> None:
    """Give every operation the problems that follow from its shape, beside those it names."""
    for handler in _documented(routes):
        named = handler.responses or {}
        usual: dict[int, list[str]] = {}
        for error in _usual_errors(handler):
            usual.setdefault(status_of(error), []).append(error.code)
        handler.responses = {
            status: _merged(status, usual.get(status, []), named.get(status))
            for status in sorted({*usual, *named})
        }


def openapi_document(app: Litestar) -> bytes:
    """The document as it is committed and served: indented JSON with a final newline."""
    return json.dumps(amended(app), indent=2, ensure_ascii=False).encode() + b"\n"


def amended(app: Litestar) -> dict[str, Any]:
    """Litestar's document with what it cannot know: headers that the platform reads and sends."""
    found: dict[str, Any] = json.loads(json.dumps(app.openapi_schema.to_schema(), default=str))
    operations = {
        operation["operationId"]: operation
        for path in found["paths"].values()
        for operation in path.values()
    }
    for handler in _documented(app.routes):
        _amend(operations[str(handler.operation_id)], handler)
    return found


def _amend(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    asked = handler.parsed_fn_signature.parameters
    access = access_of(handler)
    if access is not None and access.roles is not None:
        operation["security"] = [{"bearer": []}]
        if access.roles != frozenset(Role):
            operation["x-roles"] = sorted(role.value for role in access.roles)
    headers = [_KEY] * ("key" in asked) + [_IF_MATCH] * ("if_match" in asked)
    if headers:
        operation["parameters"] = [*operation.get("parameters", ()), *headers]
    sent = operation["responses"][str(handler.status_code)].setdefault("headers", {})
    if "key" in asked:
        sent["Idempotency-Replayed"] = _header("``true`` if this answer was given before.")
    if "paging" in asked:
        sent["Link"] = _header('The next page, as ``<...>; rel="next"``, unless this is the last.')


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def _documented(routes: Iterable[BaseRoute]) -> Iterator[HTTPRouteHandler]:
    for route in routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if handler.resolve_include_in_schema() and handler.operation_id is not None:
                    yield handler


def _usual_errors(handler: HTTPRouteHandler) -> Iterator[type[kernel.DomainError]]:
    asked = handler.parsed_fn_signature.parameters
    access = access_of(handler)
    yield InvalidParameters
    if "data" in asked:
        yield from (InvalidBody, MalformedBody, UnsupportedMediaType)
    if access is not None and access.roles is not None:
        yield TokenRequired
        if access.roles != frozenset(Role):
            yield RoleRequired
    if "key" in asked:
        yield from (IdempotencyKeyRequired, kernel.RequestInFlight, kernel.KeyReused)
    if "if_match" in asked:
        yield from (PreconditionRequired, PreconditionFailed)
    if set(asked) - {"data", "request"}:
        yield kernel.Unavailable


def _merged(status: int, codes: list[str], named: ResponseSpec | None) -> ResponseSpec:
    if named is None:
        return document(status, codes)
    if not codes:
        return named
    phrase = HTTPStatus(status).phrase
    described = named.description.removeprefix(f"{phrase}: ")
    return document(status, [*codes, *described.replace("`", "").split(", ")])
