"""The ``Idempotency-Key`` of calls that move money or cards."""

from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar

from attrs import define
from litestar import Request, Response
from litestar.di import Dependency
from litestar.params import SkipValidationMarker
from msgspec import Struct

from ece_domain.kernel import IdempotencyKey, IdempotentResult, InvalidInput

from .conditional import tag_of

Key: TypeAlias = Annotated[IdempotencyKey, Dependency(), SkipValidationMarker()]
"""The client's name for this request, for the parameter ``key``."""

OptionalKey: TypeAlias = Annotated[IdempotencyKey | None, Dependency(), SkipValidationMarker()]
"""The same where a client may leave it out, for the parameter ``optional_key``."""

View = TypeVar("View", bound=Struct)


@define(slots=False)
class IdempotencyKeyRequired(InvalidInput):
    """The header ``Idempotency-Key`` is missing."""

    code: ClassVar[str] = "http.idempotency-key-required"
    cause = (
        "The request moves money or cards, and the key makes sure that a retry has no second "
        "effect."
    )
    hint = "Send a new key with each new request, and the same key with each retry."


def provide_key(request: Request[Any, Any, Any]) -> IdempotencyKey:
    """
    :raises IdempotencyKeyRequired: if the header is missing.
    :raises InvalidIdempotencyKey: unless it is 1 to 128 visible ASCII characters.
    """
    text = request.headers.get("idempotency-key")
    if text is None:
        raise IdempotencyKeyRequired
    return IdempotencyKey(text)


def provide_optional_key(request: Request[Any, Any, Any]) -> IdempotencyKey | None:
    """:raises InvalidIdempotencyKey: unless it is 1 to 128 visible ASCII characters."""
    text = request.headers.get("idempotency-key")
    return None if text is None else IdempotencyKey(text)


def answered(
    result: IdempotentResult[Any], body: View, *, location: str | None = None
) -> Response[View]:
    """The result to a keyed request, with its ``ETag`` if it has a version; a replay says so."""
    headers = {} if location is None else {"Location": location}
    version: int | None = getattr(body, "version", None)
    if version is not None:
        headers["ETag"] = tag_of(body, version)
    if result.is_replayed:
        headers["Idempotent-Replayed"] = "true"
    return Response(body, headers=headers)
