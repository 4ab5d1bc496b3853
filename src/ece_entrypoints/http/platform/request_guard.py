"""What a request must show before its handler is asked: who calls, known parameters, a body.

This runs as Litestar's ``before_request``, not as guards: those copy the handler for every request.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, get_args
from urllib.parse import unquote_to_bytes

from attrs import frozen
from litestar import Request, Response
from litestar.di import Provide
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.routes import BaseRoute, HTTPRoute
from litestar.status_codes import HTTP_204_NO_CONTENT
from litestar.typing import FieldDefinition
from litestar.utils.signature import ParsedSignature

from ece_domain.identity import TokenVerifier

from .auth import Access, access_of, identify
from .field_errors import FieldError, InvalidParameters, did_you_mean, first_of, shortened
from .head import with_head
from .json_body import check_body, is_unstorable
from .rate_limits import GeneralLimit


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
    general_limit: GeneralLimit

    async def __call__(self, request: Request[Any, Any, Any]) -> Response[None] | None:
        """None lets it through to its handler; OPTIONS is answered here.

        :raises RateLimited: if the caller has sent too many requests.
        :raises Unauthenticated: if the route is not public and nobody showed a good token.
        :raises RoleNotAllowed: if the route is for others.
        :raises InvalidParameters: if the query has what the route does not know, or lacks a part.
        :raises InvalidInput: if the body is missing or not declared as plain JSON.
        """
        requirements: RouteRequirements | None = request.route_handler.opt.get("requirements")
        if requirements is None:
            return _options(request.route_handler)
        try:
            identify(request, self.verifier, requirements.access)
        finally:  # who guesses tokens is limited too
            await self.general_limit(request)
        if request.scope["query_string"] or requirements.required:
            _check_query(request, requirements)
        if "\0" in request.scope["path"]:
            raise InvalidParameters(errors=(_unstorable("path", "path"),))
        if requirements.needs_body or (requirements.body is not None and await request.body()):
            await check_body(request)
        return None


def prepare(routes: Iterable[BaseRoute], guard: RequestGuard) -> None:
    """Find out what each handler expects, and that none of them is reached without the guard.

    :raises ImproperlyConfiguredException: if a route does not say who may call it, or could be
        called by anybody else. The message names it.
    """
    for route in routes:
        if not isinstance(route, HTTPRoute):
            raise ImproperlyConfiguredException(
                f"{route.path} is an ASGI or WebSocket route, which the guard does not see"
            )
        for handler, kwargs in route.route_handler_map.values():
            if handler.resolve_before_request() is not guard:
                raise ImproperlyConfiguredException(
                    f"{route.path} has a before_request of its own, which replaces the guard"
                )
            if handler.cache:
                raise ImproperlyConfiguredException(
                    f"{route.path} caches its answers, which Litestar sends before the guard runs"
                )
            if handler.fn.__module__ == HTTPRoute.__module__:  # its own answer to OPTIONS
                handler.opt["allow"] = ", ".join(sorted(with_head(route.methods)))
                continue
            # Litestar starts a task for each dependency that could run at once. Ours are at hand
            # without any waiting, so the tasks would only cost time: as much as all the rest.
            batches = kwargs.dependency_batches
            kwargs.dependency_batches = [{each} for batch in batches for each in batch]
            handler.opt["requirements"] = _requirements_of(route, handler)


def _requirements_of(route: HTTPRoute, handler: HTTPRouteHandler) -> RouteRequirements:
    access = access_of(handler)
    if access is None:
        raise ImproperlyConfiguredException(f"{route.path} does not say who may call it")
    signature = handler.parsed_fn_signature
    data = signature.parameters.get("data")
    query = dict(_query_of(signature, handler.resolve_dependencies()))
    return RouteRequirements(
        access=access,
        body=None if data is None else _without_none(data.annotation),
        needs_body=data is not None and not data.has_default,
        parameters=frozenset(query),
        required=frozenset(name for name, field in query.items() if field.is_required),
        many=frozenset(name for name, field in query.items() if field.is_non_string_sequence),
    )


def _query_of(
    signature: ParsedSignature, provided: Mapping[str, Provide]
) -> Iterator[tuple[str, FieldDefinition]]:
    """The query parameters that a function asks for, itself or by what it depends on."""
    for name, field in signature.parameters.items():
        if name in provided:
            yield from _query_of(provided[name].parsed_fn_signature, provided)
        elif isinstance(field.kwarg_definition, QueryParameter):
            yield field.kwarg_definition.name or name, field


def _options(handler: HTTPRouteHandler) -> Response[None]:
    """The methods of an address; Litestar forgets those of handlers that it registered later."""
    headers = {"Allow": handler.opt["allow"]}
    return Response(None, status_code=HTTP_204_NO_CONTENT, headers=headers)


def _without_none(kind: Any) -> Any:  # noqa: ANN401  # a body's annotation
    """What a body is where there is one: a body that may be missing is still never ``null``."""
    kinds = [each for each in get_args(kind) if each is not NoneType]
    return kinds[0] if isinstance(kind, UnionType) and len(kinds) == 1 else kind


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
