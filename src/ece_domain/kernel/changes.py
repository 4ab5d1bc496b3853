"""Partial changes: fields that are set, and ``UNSET`` fields that keep their value."""

from enum import Enum
from typing import Any, Final

from attrs import AttrsInstance, fields


class Unset(Enum):
    """The type of ``UNSET``."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return self.name


UNSET: Final = Unset.UNSET
"""The value of a field that keeps its value. None is a value of its own: it clears the field."""


def changes_in(changes: AttrsInstance) -> dict[str, Any]:
    """The fields that are set, by name, for ``attrs.evolve``."""
    given = ((field.name, getattr(changes, field.name)) for field in fields(type(changes)))
    return {name: value for name, value in given if value is not UNSET}
