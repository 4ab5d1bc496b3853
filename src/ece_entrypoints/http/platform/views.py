"""Domain values as the Structs that go out."""

import re
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar

import msgspec
from litestar.di import Dependency
from litestar.params import SkipValidationMarker

from ece_domain.kernel import ASSET_PATTERN

from .patterns import exact

T = TypeVar("T")
View = TypeVar("View", bound=msgspec.Struct)

UseCase: TypeAlias = Annotated[T, Dependency(), SkipValidationMarker()]
"""A use case, by its name in the wiring."""


class Text(str):
    """The text form of a value that is more than text in the domain, such as an asset."""

    __slots__ = ()


class AssetText(Text):
    """The text form of an asset. In a body it must look like one."""

    __slots__ = ()
    pattern: ClassVar = re.compile(exact(ASSET_PATTERN))


def text_in(kind: type[Any], value: object) -> object:
    """The ``dec_hook`` for what comes in: an asset as text, as its type wants it.

    :raises ValueError: in the words of msgspec, unless it is a text that looks like an asset.
    """
    if not issubclass(kind, AssetText):
        raise NotImplementedError(kind)  # msgspec's signal that this hook does not handle the type
    if not isinstance(value, str):
        raise ValueError(f"Expected `str`, got `{_JSON_TYPES.get(type(value), 'object')}`")  # noqa: TRY004 - msgspec makes its own error of it
    if not kind.pattern.search(value):
        raise ValueError(f"Expected `str` matching regex {kind.pattern.pattern!r}")
    return kind(value)


_JSON_TYPES = {bool: "bool", int: "int", float: "float", list: "array", type(None): "null"}


def view(value: object, kind: type[View]) -> View:
    """The value as a Struct of this kind, attribute by attribute.

    :raises msgspec.ValidationError: if an attribute is missing or of another type, which is a bug.
    """
    return msgspec.convert(value, kind, from_attributes=True, dec_hook=_as_text)


def changes_in(body: msgspec.Struct) -> dict[str, Any]:
    """The fields that the client has sent, by name."""
    fields = ((name, getattr(body, name)) for name in body.__struct_fields__)
    return {name: value for name, value in fields if value is not msgspec.UNSET}


def _as_text(kind: type[Any], value: object) -> object:
    return kind(value) if issubclass(kind, Text) else value
