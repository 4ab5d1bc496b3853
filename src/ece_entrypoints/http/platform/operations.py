"""The documented operations of the API, and the problems that each of them can answer with."""

from collections.abc import Iterable, Iterator

from attrs import frozen
from litestar.handlers import HTTPRouteHandler
from litestar.routes import BaseRoute, HTTPRoute

from .problems import Problems


@frozen
class Operation:
    """One method of one path, as the OpenAPI document names it."""

    id: str
    method: str
    path: str
    summary: str
    codes: frozenset[str]


def documented(routes: Iterable[BaseRoute]) -> Iterator[HTTPRouteHandler]:
    """The handlers that are part of the OpenAPI document."""
    for route in routes:
        if isinstance(route, HTTPRoute):
            yield from _documented_at(route)


def operations_of(routes: Iterable[BaseRoute]) -> tuple[Operation, ...]:
    """The operations, by path and method."""
    found = [
        Operation(
            id=str(handler.operation_id),
            method=method,
            path=route.path_format,
            summary=handler.summary or "",
            codes=frozenset(_codes_of(handler)),
        )
        for route in routes
        if isinstance(route, HTTPRoute)
        for handler in _documented_at(route)
        for method in handler.http_methods
    ]
    return tuple(sorted(found, key=lambda operation: (operation.path, operation.method)))


def _documented_at(route: HTTPRoute) -> Iterator[HTTPRouteHandler]:
    for handler in route.route_handlers:
        if handler.resolve_include_in_schema() and handler.operation_id is not None:
            yield handler


def _codes_of(handler: HTTPRouteHandler) -> Iterator[str]:
    for response in (handler.responses or {}).values():
        if isinstance(response, Problems):
            yield from response.codes
