"""Bodies as they were meant, or not at all.

A body is read once, by the standard library's parser with hooks for what JSON leaves open (the same
key twice, NaN), and then converted to the handler's Struct without guessing: "5" is not 5. All
checks together cost a few microseconds on a small body; what needs a closer look is looked at only
when a cheap sign calls for it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate
from typing import Annotated, Any, ClassVar, Final, NoReturn, TypeAlias

import msgspec
from attrs import define
from litestar import Request
from msgspec import Meta

from ece_domain.kernel import InvalidInput
from ece_entrypoints.http.platform.field_error_sentences import TypeForm

from .field_errors import FieldError, InvalidBody, escape, faults_of, first_of, legible, shortened
from .timestamps import beyond_the_calendar, has_timestamps
from .views import text_in

MAX_BODY: Final = 64 * 1024
"""Bytes of a body, unless its handler sets another ``request_max_body_size``.

Reading the worst body of this size takes less than 50 ms, in which nobody else is answered.
"""
MAX_LARGE_BODY: Final = 128 * 1024
"""Bytes of a body that has long lists, such as the rarities and finishes of a card set."""
MAX_DEPTH: Final = 64

Timestamp: TypeAlias = Annotated[
    datetime,
    Meta(tz=True, description="RFC 3339, with an offset.", examples=["2026-01-31T12:00:00Z"]),
]
"""A time with its offset: a naive one is refused."""

MERGE_PATCH: Final = "application/merge-patch+json"
_MEDIA_TYPES: Final = frozenset({"application/json"})
_MEDIA_TYPES_OF_PATCH: Final = _MEDIA_TYPES | {MERGE_PATCH}

_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A string, or the rest of the body if it is not closed. It never reads a byte twice."""
_BRACKETS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS: Final = bytes({*range(256)} - _BRACKETS.keys())
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


@define(slots=False)
class MalformedBody(InvalidInput):
    """The body is not JSON in UTF-8."""

    code: ClassVar[str] = "http.malformed-body"
    cause = "The parser reports: {reason}."
    hint = "Correct the JSON, then send the request again."

    reason: str


@define(slots=False)
class DuplicateKey(InvalidInput):
    """An object in the body has a duplicate key."""

    code: ClassVar[str] = "http.duplicate-key"
    cause = 'The key "{key}" appears twice, so it is not clear which value is meant.'
    hint = "Remove one of the two, then send the request again."

    key: str


@define(slots=False)
class TooDeep(InvalidInput):
    """The body is nested too deeply."""

    code: ClassVar[str] = "http.too-deep"
    cause = "A body has at most 64 levels of objects and arrays."
    hint = "Flatten the body, then send the request again."


@define(slots=False)
class BodyRequired(InvalidInput):
    """The body is missing."""

    code: ClassVar[str] = "http.body-required"
    cause = "This route needs a JSON body."
    hint = "Send a body with the header ``Content-Type: application/json``."


@define(slots=False)
class UnsupportedMediaType(InvalidInput):
    """The media type of the body is not supported."""

    code: ClassVar[str] = "http.unsupported-media-type"
    cause = 'A body is sent as ``application/json``, and the header ``Content-Type`` is "{given}".'
    hint = "Send JSON with the header ``Content-Type: application/json``."

    given: str


@define(slots=False)
class UnsupportedEncoding(InvalidInput):
    """The encoding of the body is not supported."""

    code: ClassVar[str] = "http.unsupported-encoding"
    cause = 'A body is not compressed, and the header ``Content-Encoding`` is "{given}".'
    hint = "Send the body uncompressed, without ``Content-Encoding``."

    given: str


class StrictRequest(Request[Any, Any, Any]):
    """Litestar's request, with the strict reading of its body."""

    __slots__ = ()

    async def json(self) -> Any:  # noqa: ANN401  # the Struct that the handler asks for
        return read(await self.body(), self.route_handler.opt["requirements"].body)


async def check_body(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that cannot be what the handler takes, before it is read as JSON.

    :raises UnsupportedMediaType: unless it is declared as JSON, whatever it is.
    :raises UnsupportedEncoding: if it is compressed.
    :raises BodyRequired: if there is none.
    """
    media_type = request.headers.get("content-type", "")
    accepted = _MEDIA_TYPES_OF_PATCH if request.method == "PATCH" else _MEDIA_TYPES
    if media_type.partition(";")[0].strip().lower() not in accepted:
        if not media_type and not await request.body():
            raise BodyRequired
        raise UnsupportedMediaType(given=shortened(media_type))
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedEncoding(given=shortened(encoding))
    if not await request.body():
        raise BodyRequired


def read(body: bytes, kind: TypeForm) -> object:
    """The body as the Struct.

    :raises MalformedBody: if it is not JSON in UTF-8.
    :raises DuplicateKey: if an object has a key twice.
    :raises TooDeep: if it is nested deeper than 64 levels.
    :raises InvalidBody: if it is JSON, but not this Struct; with the first 20 faults.
    """
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _depth(body) > MAX_DEPTH:
        raise TooDeep
    try:
        value = _JSON.decode(body.decode())
    except UnicodeDecodeError as error:
        raise MalformedBody(reason=f"no UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise MalformedBody(reason=reason) from None
    except ValueError:
        raise MalformedBody(reason="a number of more than 4,300 digits") from None
    if b"\\u" in body and (faults := first_of(_unstorable_texts(value, "#"))):
        raise InvalidBody(errors=faults)
    try:
        found = msgspec.convert(value, kind, dec_hook=text_in)
    except msgspec.ValidationError:
        raise InvalidBody(errors=faults_of(value, kind)) from None
    if has_timestamps(kind) and (out_of_bounds := beyond_the_calendar(found, "#")):
        raise InvalidBody(errors=first_of(out_of_bounds))
    return found


def is_unstorable(text: str) -> bool:
    """Whether it has a NUL or half a character, which no database takes."""
    return _UNSTORABLE.search(text) is not None


def _depth(body: bytes) -> int:
    brackets = _STRING.sub(b"", body).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_BRACKETS.__getitem__, brackets)), default=0)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        (key, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise DuplicateKey(key=legible(key))
    return found


def _not_json(constant: str) -> NoReturn:
    raise MalformedBody(reason=f"{constant} is not a JSON number")


_JSON: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_not_json)


def _unstorable_texts(value: object, pointer: str) -> Iterator[FieldError]:
    match value:
        case str() if is_unstorable(value):
            detail = "The text must not contain NUL or unpaired surrogates."
            yield FieldError(code="invalid-text", detail=detail, pointer=pointer)
        case dict():
            for key, item in value.items():
                where = f"{pointer}/{escape(key)}"
                yield from _unstorable_texts(key, where)
                yield from _unstorable_texts(item, where)
        case list():
            for index, item in enumerate(value):
                yield from _unstorable_texts(item, f"{pointer}/{index}")
