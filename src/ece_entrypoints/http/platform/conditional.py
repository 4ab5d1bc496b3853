"""Versions of what can change: ``ETag``, ``If-Match`` and ``If-None-Match`` (RFC 9110)."""

import re
from typing import Annotated, Any, ClassVar, Final, TypeAlias, TypeVar, cast

from attrs import define
from litestar import Request, Response
from litestar.di import Dependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import SkipValidationMarker
from litestar.status_codes import HTTP_304_NOT_MODIFIED
from msgspec import Struct

from ece_domain.kernel import Conflict, InvalidInput

IfMatch: TypeAlias = Annotated[int, Dependency(), SkipValidationMarker()]
"""The version that the client has seen, for the parameter ``if_match``."""

View = TypeVar("View", bound=Struct)

not_modified: Final = {
    HTTP_304_NOT_MODIFIED: ResponseSpec(
        None, generate_examples=False, description="Not modified: ``If-None-Match`` names it."
    )
}
"""For the ``responses`` of an operation that answers so, beside its problems."""

_TAG = re.compile(r'"(0|[1-9][0-9]{0,17})"')


@define(slots=False)
class PreconditionRequired(InvalidInput):
    """The header ``If-Match`` is missing."""

    code: ClassVar[str] = "http.precondition-required"
    cause = "The header makes sure that you do not overwrite a change that you have not seen."
    hint = "Load the resource, then send its ``ETag`` as ``If-Match``."


@define(slots=False)
class PreconditionFailed(Conflict):
    """The resource was changed after you loaded it."""

    code: ClassVar[str] = "http.precondition-failed"
    cause = "The version in ``If-Match`` is not the current version."
    hint = "Load the resource again, then decide whether to send the change with the new ``ETag``."


def provide_if_match(request: Request[Any, Any, Any]) -> int:
    """
    :raises PreconditionRequired: if the header is missing.
    :raises PreconditionFailed: if it is not a single strong tag that ECE could have given.
    """
    header = request.headers.get("if-match")
    if header is None:
        raise PreconditionRequired
    match = _TAG.fullmatch(header.strip())
    if match is None:
        raise PreconditionFailed
    return int(match[1])


def tagged(body: View, version: int) -> Response[View]:
    """The body with its version as ``ETag``."""
    return Response(body, headers={"ETag": f'"{version}"'})


def unless_known(request: Request[Any, Any, Any], body: View, version: int) -> Response[View]:
    """The body with its ``ETag``, or 304 without a body if ``If-None-Match`` names the version."""
    known = request.headers.get("if-none-match", "")
    if known == "*" or f'"{version}"' in known:
        empty = Response(None, status_code=HTTP_304_NOT_MODIFIED, headers={"ETag": f'"{version}"'})
        return cast("Response[View]", empty)
    return tagged(body, version)
