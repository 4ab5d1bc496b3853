"""Rules of printed texts: a maximum length, and no control characters."""

import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from attrs import Attribute

from .errors import InvalidImage, InvalidText

Check: TypeAlias = Callable[[Any, "Attribute[str]", str], None]

IMAGE_PATTERN: Final = r"(https://[^\s\\]+|genesis:[0-9]{1,9}:[0-9]{1,4}|/?[^/:\\][^:\\]*)"
"""An address over TLS, a drawing by ECE, or a path: nothing that a page runs or loads in clear."""

_NEVER = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def single_line(longest: int, *, shortest: int = 1) -> Check:
    """A validator for one line; :raises InvalidText: if it is empty or has outer white space."""

    def check(_: object, attribute: "Attribute[str]", text: str) -> None:
        _check(attribute.name, text, shortest, longest)

    return check


def image_address(longest: int) -> Check:
    """A validator for one line that names an image; :raises InvalidImage: if it names another."""

    def check(_: object, attribute: "Attribute[str]", text: str) -> None:
        _check(attribute.name, text, 1, longest)
        if re.fullmatch(IMAGE_PATTERN, text) is None:
            raise InvalidImage

    return check


def multi_line(longest: int) -> Check:
    """A validator for lines that are separated by line feeds, or an empty text."""

    def check(_: object, attribute: "Attribute[str]", text: str) -> None:
        _check(attribute.name, text.replace("\n", " "), 0, longest)

    return check


def _check(name: str, text: str, shortest: int, longest: int) -> None:
    if not shortest <= len(text) <= longest or text != text.strip() or _NEVER.search(text):
        raise InvalidText(field=name, longest=longest)
