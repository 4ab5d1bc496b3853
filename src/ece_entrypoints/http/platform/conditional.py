"""Versions of what can change: ``ETag``, ``If-Match`` and ``If-None-Match`` (RFC 9110)."""

import re
from hashlib import blake2b
from typing import Annotated, Any, ClassVar, Final, TypeAlias, TypeVar, cast

import msgspec
from attrs import define
from litestar import Request, Response
from litestar.di import Dependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import SkipValidationMarker
from litestar.status_codes import HTTP_304_NOT_MODIFIED
from msgspec import Struct

from ece_domain.kernel import Conflict, ExpectedVersion, InvalidInput

IfMatch: TypeAlias = Annotated[ExpectedVersion, Dependency(), SkipValidationMarker()]
"""The version that the client has seen, for the parameter ``if_match``; None is any."""

View = TypeVar("View", bound=Struct)

not_modified: Final = {
    HTTP_304_NOT_MODIFIED: ResponseSpec(
        None, generate_examples=False, description="Not modified: ``If-None-Match`` names it."
    )
}
"""For the ``responses`` of an operation that answers so, beside its problems."""

_OWN_TAG = re.compile(r'(?<!W/)"(0|[1-9][0-9]{0,17})(?:-[0-9a-f]{16})?"')
_TAGS = re.compile(r'\s*(W/)?"[^"]*"\s*(,\s*(W/)?"[^"]*"\s*)*')
_ANY_TAG = re.compile(r'"[\x21\x23-\x7e]*"')


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


def provide_if_match(request: Request[Any, Any, Any]) -> ExpectedVersion:
    """The versions of the strong tags in ``If-Match``; None for ``*``, which any version matches.

    :raises PreconditionRequired: if the header is missing.
    :raises PreconditionFailed: if it has no strong tag that ECE could have given.
    """
    header = request.headers.get("if-match")
    if header is None:
        raise PreconditionRequired
    if header.strip() == "*":
        return None
    if _TAGS.fullmatch(header) is None:
        raise PreconditionFailed
    seen = frozenset(int(version) for version in _OWN_TAG.findall(header))
    if not seen:
        raise PreconditionFailed
    return seen


def tag_of(body: Struct, version: int) -> str:
    """The strong ``ETag`` of a body: its version, then a digest of the body.

    The digest tells apart what changes without a version, such as the price of the moment or the
    owner of a card. ``If-Match`` looks at the version alone, so that such a change does not refuse
    an update that was made with knowledge of everything that it changes.
    """
    content = msgspec.json.encode(body, enc_hook=str)
    return f'"{version}-{blake2b(content, digest_size=8).hexdigest()}"'


def tagged(body: View, version: int) -> Response[View]:
    """The body with its ``ETag``."""
    return Response(body, headers={"ETag": tag_of(body, version)})


def unless_known(request: Request[Any, Any, Any], body: View, version: int) -> Response[View]:
    """The body with its ``ETag``, or 304 without a body if ``If-None-Match`` names the tag."""
    tag = tag_of(body, version)
    if not is_known(request, tag):
        return Response(body, headers={"ETag": tag})
    empty = Response(None, status_code=HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
    return cast("Response[View]", empty)


def is_known(request: Request[Any, Any, Any], tag: str) -> bool:
    """Whether ``If-None-Match`` names the tag, among others or as ``*``; weak ones count too."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or tag in _ANY_TAG.findall(known)
