"""In which condition a card is sold, as a key that prices can be compared by."""

from ece_domain.cards import Condition, Grade


def condition_key(assessment: Condition | Grade | None) -> str:
    """The grading company and its grade (``PSA 9``), or a scale and its code (``tcgplayer NM``).

    A code never stands without its scale: the same letters mean another wear on another scale.
    """
    match assessment:
        case Grade(company, grade):
            return f"{company} {grade}"
        case Condition(scale, code):
            return f"{scale.value} {code}"
    return "unstated"
