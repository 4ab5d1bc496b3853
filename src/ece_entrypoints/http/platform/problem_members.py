"""The typed members of problems, for the OpenAPI document.

Every problem has the members of ``Problem``. The fields of an error are further members of its
problem; the same name has the same type in all errors, so that each is described once.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, get_args
from uuid import UUID

from attrs import fields

from ece_domain.kernel import DomainError, Money

from .error_samples import sample_of

_SCHEMAS: Final[Mapping[type, Mapping[str, str]]] = {
    int: {"type": "integer"},
    str: {"type": "string"},
    datetime: {"type": "string", "format": "date-time"},
    Money: {"$ref": "#/components/schemas/Money"},
    UUID: {"type": "string", "format": "uuid"},
}


def add_members(problem: dict[str, Any], errors: Iterable[type[DomainError]]) -> None:
    """Add what some problems have beside the members of all to the schema of problems."""
    usual = frozenset(problem["properties"])
    for error in errors:
        for field in fields(error):
            if field.name in usual:
                continue
            schema = schema_of(field.type)
            known = problem["properties"].setdefault(field.name, schema)
            said = f"Of `{error.code}`: {sample_of(error, field).meaning}"
            known["description"] = f"{known.get('description', '')} {said}".strip()
            if "enum" in schema:
                known["enum"] = sorted({*known["enum"], *schema["enum"]})


def schema_of(kind: Any) -> dict[str, Any]:  # noqa: ANN401  # a type form
    """The type of a field of an error, as its problem carries it."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"type": "string", "enum": [each.value for each in kind]}
    if kind in _SCHEMAS:
        return dict(_SCHEMAS[kind])
    return {"type": "array", "items": schema_of(get_args(kind)[0])}
