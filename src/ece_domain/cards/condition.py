"""The wear of an ungraded card, as a step of a named scale.

The scales are those of two large marketplaces. The same code means different things on them: LP is
the second of five steps on one and the fifth of seven on the other. So a code always has its scale.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import frozen

from .errors import UnknownCondition


class ConditionScale(StrEnum):
    """The scale, named after its marketplace."""

    TCGPLAYER = "tcgplayer"
    CARDMARKET = "cardmarket"


CONDITIONS: Final[Mapping[ConditionScale, Mapping[str, str]]] = {
    ConditionScale.TCGPLAYER: {
        "NM": "Near Mint",
        "LP": "Lightly Played",
        "MP": "Moderately Played",
        "HP": "Heavily Played",
        "DM": "Damaged",
    },
    ConditionScale.CARDMARKET: {
        "MT": "Mint",
        "NM": "Near Mint",
        "EX": "Excellent",
        "GD": "Good",
        "LP": "Light Played",
        "PL": "Played",
        "PO": "Poor",
    },
}
"""Codes and labels of each scale, the best first."""


@frozen
class Condition:
    """A step of a scale; :raises UnknownCondition: if the scale has no such code."""

    scale: ConditionScale
    code: str

    def __attrs_post_init__(self) -> None:
        if self.code not in CONDITIONS[self.scale]:
            raise UnknownCondition(scale=self.scale.value, given=self.code[:40])

    @property
    def label(self) -> str:
        return CONDITIONS[self.scale][self.code]

    @property
    def rank(self) -> int:
        """The position on the scale: 1 is the best."""
        return 1 + list(CONDITIONS[self.scale]).index(self.code)
