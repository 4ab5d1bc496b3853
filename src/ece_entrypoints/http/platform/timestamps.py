"""Times that no database can keep."""

from datetime import UTC, datetime
from functools import cache
from typing import get_args

import msgspec
from msgspec import Struct

from ece_entrypoints.http.platform.field_error_sentences import TypeForm

from .field_errors import FieldError


@cache
def has_timestamps(kind: TypeForm) -> bool:
    """Whether a value of this kind can hold a time."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return any(has_timestamps(field.type) for field in msgspec.structs.fields(kind))
    return kind is datetime or any(has_timestamps(argument) for argument in get_args(kind))


def faults_of_moment(moment: datetime | None) -> list[FieldError]:
    """What is wrong with a moment of the query: it has no offset, or no place in UTC."""
    if moment is not None and moment.tzinfo is None:
        detail = "The time must have an offset, such as 2026-01-31T12:00:00Z."
        return [FieldError(code="offset-missing", detail=detail)]
    return beyond_the_calendar(moment, "#")


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
