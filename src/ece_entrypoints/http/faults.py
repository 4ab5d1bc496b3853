"""What is wrong with an input: each fault with its place, all at once."""

from typing import Annotated, ClassVar, Literal

from attrs import define
from msgspec import UNSET, Meta, Struct, UnsetType

from ece_domain.kernel import InvalidInput


class Fault(Struct, frozen=True, kw_only=True):
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
    """The body is not what this call takes."""

    code: ClassVar[str] = "http.invalid-body"
    errors: tuple[Fault, ...]


@define(slots=False)
class InvalidParameters(InvalidInput):
    """A parameter of the address is not what this call takes."""

    code: ClassVar[str] = "http.invalid-parameters"
    errors: tuple[Fault, ...]
