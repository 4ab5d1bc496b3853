"""What is wrong with an input: each fault with its place, all at once.

The converter stops at the first fault. So when it refuses a whole, this module converts field by
field and gathers every refusal; that is slow, and only refused requests pay for it.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
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
    cause = "``errors`` lists every wrong field, with its place in the body and what is wrong."
    hint = "Correct the fields that ``errors`` names, then send the request again."

    errors: tuple[FieldError, ...]


@define(slots=False)
class InvalidParameters(InvalidInput):
    """A parameter is not valid."""

    code: ClassVar[str] = "http.invalid-parameters"
    cause = "``errors`` lists every wrong parameter of the path, the query and the headers."
    hint = "Correct the parameters that ``errors`` names, then send the request again."

    errors: tuple[FieldError, ...]


def faults_of(value: object, kind: TypeForm) -> tuple[FieldError, ...]:
    """Everything that keeps a decoded body from becoming this kind; empty if nothing does."""
    return tuple(_faults(value, kind, "#"))


def code_of(message: str) -> str:
    """The kind of fault that a message of the converter tells of."""
    return next((code for pattern, code in _CODES if pattern.match(message)), "invalid")


def did_you_mean(given: str, known: Mapping[str, object] | frozenset[str]) -> str:
    """The end of a sentence: names the closest of the known names, if one is close."""
    close = get_close_matches(given, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else "."


def legible(text: str) -> str:
    """The text as UTF-8 can carry it: without halves of surrogate pairs."""
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def escape(key: str) -> str:
    """One step of a JSON pointer."""
    return legible(key).replace("~", "~0").replace("/", "~1")


def _faults(value: object, kind: TypeForm, pointer: str) -> Iterator[FieldError]:
    struct = _struct_in(kind)
    if struct is not None and isinstance(value, dict):
        found = list(_faults_of_fields(value, struct, pointer))
        if found:
            yield from found
            return
    item = _item_in(kind)
    if item is not None and isinstance(value, list) and _struct_in(item) is not None:
        found = [
            fault
            for index, each in enumerate(value)
            for fault in _faults(each, item, f"{pointer}/{index}")
        ]
        if found:
            yield from found
            return
    try:
        msgspec.convert(value, kind, dec_hook=text_in)
    except msgspec.ValidationError as error:
        yield _fault(str(error), kind, pointer)


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
        for name in value.keys() - fields.keys():
            detail = f"There is no field {name!r}{did_you_mean(name, fields)}"
            yield FieldError(code="unknown", detail=detail, pointer=f"{pointer}/{escape(name)}")


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
