"""Domain values as the Structs that go out."""

from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from litestar.di import Dependency
from litestar.params import SkipValidationMarker

T = TypeVar("T")
View = TypeVar("View", bound=msgspec.Struct)

UseCase: TypeAlias = Annotated[T, Dependency(), SkipValidationMarker()]
"""A use case, by its name in the wiring."""


class Text(str):
    """The text form of a value that is more than text in the domain, such as an asset."""

    __slots__ = ()


def view(value: object, kind: type[View]) -> View:
    """The value as a Struct of this kind, attribute by attribute.

    :raises msgspec.ValidationError: if an attribute is missing or of another type, which is a bug.
    """
    return msgspec.convert(value, kind, from_attributes=True, dec_hook=_as_text)


def _as_text(kind: type[Any], value: object) -> object:
    return kind(value) if issubclass(kind, Text) else value
