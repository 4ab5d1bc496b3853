"""Who calls, and whether a route is for them.

Every route says who may call it with ``opt=public``, ``opt=signed_in`` or ``opt=only(...)``; the
application refuses to start with a route that does not.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, TypeAlias, cast

import structlog
from attrs import define, frozen
from litestar import Request
from litestar.di import Dependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import SkipValidationMarker

from ece_domain.identity import Claims, Role, TokenVerifier
from ece_domain.kernel import Unauthenticated


@define(slots=False)
class TokenRequired(Unauthenticated):
    """The request has no access token."""

    code: ClassVar[str] = "http.token-required"
    cause = "This route is for users who are logged in."
    hint = "Log in, then send the header ``Authorization: Bearer <access token>``."


@frozen
class Access:
    """The roles that may call a route; None is anybody, signed in or not."""

    roles: frozenset[Role] | None


public: Final[Mapping[str, object]] = {"access": Access(None)}
signed_in: Final[Mapping[str, object]] = {"access": Access(frozenset(Role))}


def only(*roles: Role) -> Mapping[str, object]:
    """For callers with one of these roles."""
    return {"access": Access(frozenset(roles))}


def access_of(handler: HTTPRouteHandler) -> Access | None:
    """Who may call the handler, as it declares; None if it does not."""
    return cast("Access | None", handler.opt.get("access"))


Caller: TypeAlias = Annotated[Claims, Dependency(), SkipValidationMarker()]
"""Who calls, for the parameter ``caller`` of a route that is not public."""


def identify(request: Request[Any, Any, Any], verifier: TokenVerifier, access: Access) -> None:
    """Let the request pass, and note who calls, for ``caller``.

    :raises TokenRequired: without a bearer token.
    :raises Unauthenticated: with a token that is not good, by the verifier's reason.
    :raises RoleNotAllowed: if the route is for others.
    """
    if access.roles is None:
        return
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRequired
    claims = verifier.verify(token.strip())
    structlog.contextvars.bind_contextvars(user_id=claims.user_id)
    claims.actor.require(access.roles)
    request.scope["user"] = claims


def provide_caller(request: Request[Any, Any, Any]) -> Claims:
    return cast("Claims", request.scope["user"])


def is_private(scope: Any) -> bool:  # noqa: ANN401  # Litestar types the finished scope only
    """Whether no cache may store the answer: all but what GET of a public route gives.

    A public route does not know who calls, so that its answers never depend on the caller.
    """
    if scope["method"] != "GET":
        return True
    handler = scope.get("route_handler")  # missing where there is no route
    access = access_of(handler) if handler else None
    return access is not None and access.roles is not None
