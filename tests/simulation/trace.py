"""Formats the history of a world."""

from datetime import datetime
from uuid import UUID

from ece_domain.kernel import DomainError, IdempotencyKey, IdempotentResult


def in_short(value: object) -> str:
    """Short text: ids by their number in the world, objects by kind and id."""
    match value:
        case UUID():
            text = f"#{value.int >> 64}"
        case DomainError():
            text = f"refused: {value.code}"
        case IdempotencyKey():
            text = value.text
        case datetime():
            text = f"{value:%H:%M:%S.%f}"
        case IdempotentResult():
            text = in_short(value.value) + (" (again)" if value.is_replayed else "")
        case object(id=named):
            text = f"{type(value).__name__} {in_short(named)}"
        case None:
            text = "nothing"
        case _:
            is_readable = type(value).__str__ is not object.__str__
            text = str(value)[:40] if is_readable else type(value).__name__
    return text
