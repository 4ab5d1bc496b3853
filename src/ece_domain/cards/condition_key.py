"""The condition of a sold card, as a key for comparing prices."""

import re

from attrs import frozen

from .condition import CONDITIONS, Condition, ConditionScale
from .errors import UnknownCondition
from .grade import COMPANY, GRADE, Grade

_UNSTATED = "unstated"
_GRADED = re.compile(rf"({COMPANY.pattern}) ({GRADE.pattern})")
_STATED = frozenset(
    f"{scale.value} {code}" for scale in ConditionScale for code in CONDITIONS[scale]
)


@frozen(order=True)
class ConditionKey:
    """The grading company and its grade (``PSA 9``), a scale and its code (``tcgplayer NM``), or
    ``unstated``.

    A code always has its scale: the same code means another wear on another scale.

    :raises UnknownCondition: if the text is none of these.
    """

    text: str

    def __attrs_post_init__(self) -> None:
        if not (self.text in _STATED or self.text == _UNSTATED or _GRADED.fullmatch(self.text)):
            scale, _, code = self.text.partition(" ")
            raise UnknownCondition(scale=scale[:40], given=code[:40])

    @classmethod
    def of(cls, assessment: Condition | Grade | None) -> "ConditionKey":
        match assessment:
            case Grade(company, grade):
                return cls(f"{company} {grade}")
            case Condition(scale, code):
                return cls(f"{scale.value} {code}")
        return cls(_UNSTATED)

    def __str__(self) -> str:
        return self.text
