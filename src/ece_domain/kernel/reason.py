"""Why an operator acted against a user or their things."""

import re
from typing import Final

from attrs import define, frozen

from .errors import InvalidInput

MAX_REASON: Final = 500
"""Characters."""

_NEVER = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@define(slots=False)
class InvalidReason(InvalidInput):
    """The reason is not valid."""

    code = "kernel.invalid-reason"
    cause = "A reason is one line of 1 to 500 characters without space at its ends."


@frozen
class Reason:
    """One line for the audit. The user concerned may see it.

    :raises InvalidReason: unless 1 to 500 characters, none of them a control character.
    """

    text: str

    def __attrs_post_init__(self) -> None:
        is_padded = self.text != self.text.strip()
        if not 1 <= len(self.text) <= MAX_REASON or is_padded or _NEVER.search(self.text):
            raise InvalidReason
