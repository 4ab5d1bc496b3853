"""What a request must show before its handler is asked: who calls, known parameters, a body.

This runs as Litestar's ``before_request``, not as guards: those copy the handler for every request.
"""

from collections.abc import Iterable, Iterator
from types import NoneType, UnionType
from typing import Any, Literal, get_args
from urllib.parse import unquote_to_bytes

from attrs import frozen
from litestar import Request, Response
from litestar._kwargs import KwargsModel
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import BaseRoute, HTTPRoute
from litestar.status_codes import HTTP_204_NO_CONTENT

from ece_domain.identity import TokenVerifier

from .auth import Access, access_of, identify
from .field_errors import FieldError, InvalidParameters, did_you_mean, first_of, shortened
from .head import with_head
from .json_body import check_body, is_unstorable


@frozen
class RouteRequirements:
    """What one handler expects, found out when the application starts."""

    access: Access
    body: Any
    """The type of its body, None if it takes none."""
    needs_body: bool
    parameters: frozenset[str]
    """The query parameters that it knows."""
    required: frozenset[str]
    """Those that must be there."""
    many: frozenset[str]
    """Those that may be there more than once."""


@frozen
class RequestGuard:
    """Lets through what the handler expects."""

    verifier: TokenVerifier

    async def __call__(self, request: Request[Any, Any, Any]) -> Response[None] | None:
        """None lets it through to its handler; OPTIONS is answered here.

        :raises Unauthenticated: if the route is not public and nobody showed a good token.
        :raises RoleNotAllowed: if the route is for others.
        :raises InvalidParameters: if the query has what the route does not know, or lacks a part.
        :raises InvalidInput: if the body is missing or not declared as plain JSON.
        """
        requirements: RouteRequirements | None = request.route_handler.opt.get("admission")
        if requirements is None:
            return _options(request.route_handler)
        identify(request, self.verifier, requirements.access)
        if request.scope["query_string"] or requirements.required:
            _check_query(request, requirements)
        if "\0" in request.scope["path"]:
            raise InvalidParameters(errors=(_unstorable("path", "path"),))
        if requirements.needs_body or (requirements.body is not None and await request.body()):
            await check_body(request)
        return None


def prepare(routes: Iterable[BaseRoute]) -> None:
    """Find out what each handler expects.

    :raises ImproperlyConfiguredException: if one does not say who may call it.
    """
    for route in routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler, kwargs in route.route_handler_map.values():
            if handler.fn.__name__ == "options_handler":
                handler.opt["allow"] = ", ".join(sorted(with_head(route.methods)))
                continue
            _resolve_in_turn(kwargs)
            handler.opt["admission"] = _admission_of(route, handler, kwargs)


def _admission_of(
    route: HTTPRoute, handler: HTTPRouteHandler, kwargs: KwargsModel
) -> RouteRequirements:
    access = access_of(handler)
    if access is None:
        raise ImproperlyConfiguredException(f"{route.path} does not say who may call it")
    data = handler.parsed_fn_signature.parameters.get("data")
    query = kwargs.expected_query_params
    return RouteRequirements(
        access=access,
        body=None if data is None else _without_none(data.annotation),
        needs_body=data is not None and not data.has_default,
        parameters=frozenset(parameter.field_alias for parameter in query),
        required=frozenset(parameter.field_alias for parameter in query if parameter.is_required),
        many=frozenset(kwargs.sequence_query_parameter_names),
    )


def _options(handler: HTTPRouteHandler) -> Response[None]:
    """The methods of an address; Litestar forgets those of handlers that it registered later."""
    headers = {"Allow": handler.opt["allow"]}
    return Response(None, status_code=HTTP_204_NO_CONTENT, headers=headers)


def _without_none(kind: Any) -> Any:  # noqa: ANN401  # a body's annotation
    """What a body is where there is one: a body that may be missing is still never ``null``."""
    kinds = [each for each in get_args(kind) if each is not NoneType]
    return kinds[0] if isinstance(kind, UnionType) and len(kinds) == 1 else kind


def _resolve_in_turn(kwargs: KwargsModel) -> None:
    """Resolve a handler's dependencies one after the other.

    Litestar starts a task for each of those that could run at once. Ours are at hand without any
    waiting, so the tasks would only cost time.
    """
    kwargs.dependency_batches = [{each} for batch in kwargs.dependency_batches for each in batch]


def _check_query(request: Request[Any, Any, Any], requirements: RouteRequirements) -> None:
    raw = request.scope["query_string"]
    if not raw.isascii() or (b"%" in raw and not _is_utf8(unquote_to_bytes(raw))):
        detail = "The query must be percent-encoded UTF-8."
        raise InvalidParameters(
            errors=(FieldError(code="invalid-text", detail=detail, place="query"),)
        )
    if faults := first_of(_query_faults(request, requirements)):
        raise InvalidParameters(errors=faults)


def _query_faults(
    request: Request[Any, Any, Any], requirements: RouteRequirements
) -> Iterator[FieldError]:
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        if name not in requirements.parameters:
            close = did_you_mean(name, requirements.parameters)
            yield _fault("unknown", f"There is no parameter with this name{close}", name)
        elif name in seen and name not in requirements.many:
            yield _fault("repeated", "The parameter may appear only once.", name)
        if is_unstorable(value):
            yield _unstorable(name, "query")
        seen.add(name)
    for name in requirements.required - seen:
        yield _fault("missing", "The parameter is required.", name)


def _fault(code: str, detail: str, name: str) -> FieldError:
    return FieldError(code=code, detail=detail, parameter=shortened(name), place="query")


def _unstorable(name: str, place: Literal["query", "path"]) -> FieldError:
    return FieldError(
        code="invalid-text",
        detail="The text must not contain the NUL character.",
        parameter=shortened(name),
        place=place,
    )


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
