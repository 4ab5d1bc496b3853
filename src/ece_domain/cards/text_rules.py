"""Rules of printed texts: a maximum length, and no control characters."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from attrs import Attribute

from .errors import InvalidText

Check: TypeAlias = Callable[[Any, "Attribute[str]", str], None]

_NEVER = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def single_line(longest: int, *, shortest: int = 1) -> Check:
    """A validator for one line; :raises InvalidText: if it is empty or has outer white space."""

    def check(_: object, attribute: "Attribute[str]", text: str) -> None:
        _check(attribute.name, text, shortest, longest)

    return check


def multi_line(longest: int) -> Check:
    """A validator for lines that are separated by line feeds, or an empty text."""

    def check(_: object, attribute: "Attribute[str]", text: str) -> None:
        _check(attribute.name, text.replace("\n", " "), 0, longest)

    return check


def _check(name: str, text: str, shortest: int, longest: int) -> None:
    if not shortest <= len(text) <= longest or text != text.strip() or _NEVER.search(text):
        raise InvalidText(field=name, longest=longest)
