"""In which condition a card is sold, as a key that prices can be compared by."""

from ece_domain.cards import Condition, Grade

UNSTATED = "unstated"


def condition_key(condition: Condition | None, grade: Grade | None) -> str:
    """The scale and its code (``tcgplayer NM``), or the grading company and its grade (``PSA 9``).

    A code never stands without its scale: the same letters mean another wear on another scale.
    """
    if grade is not None:
        return f"{grade.company} {grade.grade}"
    return UNSTATED if condition is None else f"{condition.scale.value} {condition.code}"
