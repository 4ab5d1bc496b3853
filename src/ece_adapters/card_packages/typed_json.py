"""Typed JSON, with errors that say where in the file the problem is."""

import json
import re
from typing import Final, TypeVar

import msgspec

from .broken_package import BrokenPackage, shown

T = TypeVar("T")

_AT: Final = re.compile(r"(?P<why>.*) - at `(?:key in )?\$(?P<path>.*)`", re.DOTALL)
_ELEMENT: Final = re.compile(r"\[(\d+)\](.*)", re.DOTALL)
_NAMES: Final = ("cardIdentifier", "name", "code")


def decode(data: bytes, kind: type[T], *, file: str) -> T:
    """
    :raises BrokenPackage: with line and column, if it is not JSON; with the element and its field,
        if it has another type.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise _misshapen(data, str(error), file) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BrokenPackage(file, _place_of_fault(data) or shown(str(error))) from error


def decode_each(data: bytes, kind: type[T], *, file: str) -> dict[str, T]:
    """The values of a JSON object, by name.

    :raises BrokenPackage: as ``decode`` does.
    """
    parts = decode(data, dict[str, msgspec.Raw], file=file)
    return {
        name: decode(bytes(part), kind, file=f"{file}, {shown(name)}")
        for name, part in parts.items()
    }


def _place_of_fault(data: bytes) -> str | None:
    """The line and column of the error, from the slower parser of the standard library."""
    try:
        json.loads(data.decode())
    except UnicodeDecodeError as error:
        lines = data[: error.start].split(b"\n")
        return f"line {len(lines)} column {len(lines[-1].decode()) + 1}: not UTF-8"
    except json.JSONDecodeError as error:
        return f"line {error.lineno} column {error.colno}: {error.msg}"
    except RecursionError:
        return "it is nested too deeply"
    return None


def _misshapen(data: bytes, message: str, file: str) -> BrokenPackage:
    found = _AT.fullmatch(message)
    if found is None:
        return BrokenPackage(file, shown(message))
    element = _ELEMENT.fullmatch(found["path"])
    if element is None:
        return BrokenPackage(f"{file}, {found['path'].lstrip('.')}", found["why"])
    nth, field = int(element[1]), element[2].lstrip(".")
    where = f"{file}, {nth + 1}. entry{_name_of(data, nth)}"
    return BrokenPackage(f"{where}, {field}" if field else where, found["why"])


def _name_of(data: bytes, nth: int) -> str:
    """The name of the nth element in parentheses, if the rest of the file can be read."""
    try:
        element = msgspec.json.decode(msgspec.json.decode(data, type=list[msgspec.Raw])[nth])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    if isinstance(element, dict):
        for field in _NAMES:
            if isinstance(name := element.get(field), str):
                return f" ({shown(name)})"
    return ""
