"""What is wrong with one value, in plain English instead of the converter's own words."""

import re
from ast import literal_eval
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, Final, Literal, TypeAlias, get_args, get_origin

from .patterns import portable

TypeForm: TypeAlias = Any
"""A class, a union, an annotated type: nothing static names them all."""

_KINDS: Final = {
    "array": "an array",
    "bool": "a boolean",
    "datetime": "a time",
    "float": "a number",
    "int": "an integer",
    "null": "null",
    "object": "an object",
    "str": "a string",
    "uuid": "a UUID",
}
_UNITS: Final = {"array": "item", "object": "member", "str": "character"}
_BOUNDS: Final = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}
_TIME: Final = "The value must be a time with an offset (RFC 3339), such as 2026-01-31T12:00:00Z."


def _of_type(match: re.Match[str]) -> str:
    kinds = [_KINDS.get(kind, kind) for kind in match[1].split(" | ")]
    return f"The value must be {' or '.join(kinds)}, not {_KINDS.get(match[2], match[2])}."


def _of_bound(match: re.Match[str]) -> str:
    return f"The value must be {_BOUNDS[match[1]]} {match[2]}."


def _of_length(match: re.Match[str]) -> str:
    kind, bound, length = match.groups()
    unit = _UNITS[kind] + "s" * (length != "1")
    return f"The value must have {_BOUNDS[bound]} {length} {unit}."


_SENTENCES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(r"Expected `([^`]+)`, got `([^`]+)`"), _of_type),
    (re.compile(r"Expected `\w+` (<=|>=|<|>) (\S+)"), _of_bound),
    (re.compile(r"Expected `(array|object|str)` of length (<=|>=) (\d+)"), _of_length),
    (
        re.compile(r"""Expected `str` matching regex ('.*'|".*")"""),
        lambda match: f"The value must match the pattern {portable(literal_eval(match[1]))}.",
    ),
    (re.compile(r"Expected `datetime` with a timezone|Invalid RFC3339"), lambda _: _TIME),
    (re.compile("Invalid UUID"), lambda _: "The value must be a UUID."),
)


def sentence_of(message: str, kind: TypeForm) -> str:
    """The message of the converter in plain words; ``kind`` is what the value should have been.

    A message that is not known stays as it is.
    """
    if message.startswith("Invalid enum value"):
        choices = ", ".join(_choices(kind))
        return f"The value must be one of: {choices}." if choices else "The value is not a choice."
    matches = ((pattern.match(message), say) for pattern, say in _SENTENCES)
    return next((say(match) for match, say in matches if match), message)


def _choices(kind: TypeForm) -> Iterator[str]:
    """The values of the enumerations and literals in a type."""
    origin: object = get_origin(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        yield from (str(each.value) for each in kind)
    elif origin is Literal:
        yield from (str(each) for each in get_args(kind) if each is not None)
    else:
        for argument in get_args(kind):
            yield from _choices(argument)
