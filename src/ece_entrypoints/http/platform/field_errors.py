"""What is wrong with an input: the first 20 faults, each with its place.

The converter stops at the first fault. So when it refuses a whole, this module converts field by
field and collects the refusals. That is slow, so it stops at 20, and it repeats no long text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import chain, islice
from types import UnionType
from typing import (
    Annotated,
    ClassVar,
    Final,
    Literal,
    Union,
    get_args,
    get_origin,
)

import msgspec
from attrs import define
from msgspec import UNSET, Meta, Struct, UnsetType

from ece_domain.kernel import InvalidInput
from ece_entrypoints.http.platform.field_error_sentences import TypeForm, sentence_of

from .views import text_in

MAX_FAULTS: Final = 20
"""Faults that an answer lists."""
MAX_REPEATED: Final = 64
"""Characters of a client's text that an answer repeats."""
_MAX_SUGGESTED: Final = 40
"""Characters of a name for which a similar one is searched."""

_PLACE: Final = re.compile(r" - at `(key in )?\$(?P<path>[^`]*)`$")
_HALVES: Final = re.compile("[\ud800-\udfff]")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_CODES: Final = (
    (re.compile(r"^Expected `\w+` (?:<|>|of length|matching|that's a multiple)"), "out-of-bounds"),
    (re.compile(r"^Expected `datetime`.*timezone"), "offset-missing"),
    (re.compile(r"^Invalid (?!enum)"), "malformed"),
    (re.compile(r"^Invalid enum"), "not-a-choice"),
    (re.compile(r"^Expected `"), "wrong-type"),
)


class FieldError(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with the input."""

    code: Annotated[str, Meta(description="The kind of fault.", examples=["missing"])]
    detail: Annotated[str, Meta(description="What is wrong, for a person.")]
    pointer: Annotated[
        str | UnsetType,
        Meta(description="Where in the body (RFC 6901).", examples=["#/price/amount"]),
    ] = UNSET
    parameter: Annotated[
        str | UnsetType, Meta(description="Which parameter.", examples=["limit"])
    ] = UNSET
    place: Annotated[
        Literal["query", "path", "header"] | UnsetType,
        Meta(description="Where the parameter is."),
    ] = UNSET


@define(slots=False)
class InvalidBody(InvalidInput):
    """The body is not valid."""

    code: ClassVar[str] = "http.invalid-body"
    cause = (
        "``errors`` lists the wrong fields, at most 20, each with its place in the body and what is"
        " wrong."
    )
    hint = "Correct the fields that ``errors`` names, then send the request again."

    errors: tuple[FieldError, ...]


@define(slots=False)
class InvalidParameters(InvalidInput):
    """A parameter is not valid."""

    code: ClassVar[str] = "http.invalid-parameters"
    cause = (
        "``errors`` lists the wrong parameters of the path, the query and the headers, at most 20."
    )
    hint = "Correct the parameters that ``errors`` names, then send the request again."

    errors: tuple[FieldError, ...]


def faults_of(value: object, kind: TypeForm) -> tuple[FieldError, ...]:
    """What keeps a decoded body from becoming this kind; empty if nothing does."""
    return first_of(_faults(value, kind, "#"))


def first_of(faults: Iterable[FieldError]) -> tuple[FieldError, ...]:
    """The first 20 faults; if there are more, a last one says so. The rest is not computed."""
    found = tuple(islice(faults, MAX_FAULTS + 1))
    if len(found) <= MAX_FAULTS:
        return found
    return (*found[:MAX_FAULTS], FieldError(code="more", detail="There are more faults."))


def code_of(message: str) -> str:
    """The kind of fault that a message of the converter tells of."""
    return next((code for pattern, code in _CODES if pattern.match(message)), "invalid")


def did_you_mean(given: str, known: Mapping[str, object] | frozenset[str]) -> str:
    """The end of a sentence: names the closest of the known names, if one is close.

    Comparing takes time in proportion to the length, so a long name is not compared.
    """
    close = get_close_matches(given, known, n=1) if len(given) <= _MAX_SUGGESTED else ()
    return f"; did you mean {close[0]!r}?" if close else "."


def legible(text: str) -> str:
    """The text as an answer repeats it: shortened, and without halves of surrogate pairs."""
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", shortened(text))


def shortened(text: str) -> str:
    """The text, or its first 63 characters and an ellipsis if it is longer than 64."""
    if len(text) <= MAX_REPEATED:
        return text
    return text[: MAX_REPEATED - 1] + "\N{HORIZONTAL ELLIPSIS}"


def escape(key: str) -> str:
    """One step of a JSON pointer."""
    return legible(key).replace("~", "~0").replace("/", "~1")


def _faults(value: object, kind: TypeForm, pointer: str) -> Iterator[FieldError]:
    try:
        msgspec.convert(value, kind, dec_hook=text_in)
    except msgspec.ValidationError as error:
        first = _fault(str(error), kind, pointer)
    else:
        return
    inner: Iterator[FieldError] = iter(())
    struct, item = _struct_in(kind), _item_in(kind)
    if struct is not None and isinstance(value, dict):
        inner = _faults_of_fields(value, struct, pointer)
    elif isinstance(value, list) and _struct_in(item) is not None and first.pointer != pointer:
        inner = _faults_of_items(value, item, pointer)
    yield from chain([next(inner, first)], inner)


def _faults_of_items(value: Sequence[object], kind: TypeForm, pointer: str) -> Iterator[FieldError]:
    for index, item in enumerate(value):
        yield from _faults(item, kind, f"{pointer}/{index}")


def _faults_of_fields(
    value: Mapping[str, object], struct: type[Struct], pointer: str
) -> Iterator[FieldError]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    for name, field in fields.items():
        where = f"{pointer}/{escape(name)}"
        if name in value:
            yield from _faults(value[name], field.type, where)
        elif field.required:
            yield FieldError(code="missing", detail=f"{name!r} is required.", pointer=where)
    if struct.__struct_config__.forbid_unknown_fields:
        for name in value:
            if name not in fields:
                detail = f"There is no field {legible(name)!r}{did_you_mean(name, fields)}"
                where = f"{pointer}/{escape(name)}"
                yield FieldError(code="unknown", detail=detail, pointer=where)


def _fault(message: str, kind: TypeForm, pointer: str) -> FieldError:
    place = _PLACE.search(message)
    if place is not None:
        message = message[: place.start()]
        pointer += "".join(
            f"/{escape(key or index)}" for key, index in _STEP.findall(place["path"])
        )
    return FieldError(code=code_of(message), detail=sentence_of(message, kind), pointer=pointer)


def _struct_in(kind: TypeForm) -> type[Struct] | None:
    """The Struct that a type form holds: itself, annotated, or the one in an optional."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return kind
    origin: object = get_origin(kind)
    if origin in {list, tuple, dict, set, frozenset}:
        return None
    inner = [found for argument in get_args(kind) if (found := _struct_in(argument)) is not None]
    return inner[0] if len(inner) == 1 else None


def _item_in(kind: TypeForm) -> TypeForm | None:
    """The item type of a list or of a tuple of any length: itself, annotated, or in an optional."""
    origin: object = get_origin(kind)
    if origin in {list, tuple}:
        return get_args(kind)[0]
    if origin not in {Annotated, Union, UnionType}:
        return None
    return next((found for each in get_args(kind) if (found := _item_in(each)) is not None), None)
