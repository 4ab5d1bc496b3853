"""Times that no database can keep."""

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, get_args

import msgspec
from msgspec import Meta, Struct

from ece_entrypoints.http.platform.field_error_sentences import TypeForm, sentence_of

from .field_errors import FieldError, code_of


@cache
def has_timestamps(kind: TypeForm) -> bool:
    """Whether a value of this kind can hold a time."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return any(has_timestamps(field.type) for field in msgspec.structs.fields(kind))
    return kind is datetime or any(has_timestamps(argument) for argument in get_args(kind))


def moment_in(text: str) -> datetime | FieldError:
    """The moment that a query parameter names in RFC 3339, or what is wrong with it.

    Litestar would take a number as well, and read it as seconds since 1970.
    """
    try:
        moment = msgspec.convert(text, Annotated[datetime, Meta(tz=True)])
    except msgspec.ValidationError as error:
        message = str(error)
        return FieldError(code=code_of(message), detail=sentence_of(message, datetime))
    return next(iter(beyond_the_calendar(moment, "#")), moment)


def beyond_the_calendar(value: object, pointer: str) -> list[FieldError]:
    """The times that have no place in UTC: an offset takes them out of the years 1 to 9999."""
    match value:
        case datetime():
            try:
                value.astimezone(UTC)
            except OverflowError:
                detail = "The time must be in the years 1 to 9999 in UTC."
                return [FieldError(code="out-of-bounds", detail=detail, pointer=pointer)]
        case Struct():
            return [
                fault
                for name in value.__struct_fields__
                for fault in beyond_the_calendar(getattr(value, name), f"{pointer}/{name}")
            ]
        case list() | tuple():
            return [
                fault
                for index, item in enumerate(value)
                for fault in beyond_the_calendar(item, f"{pointer}/{index}")
            ]
    return []
