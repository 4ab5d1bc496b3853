import pytest

from ece_domain.cards import Condition, ConditionScale, Grade
from ece_domain.market import condition_key


@pytest.mark.parametrize(
    ("assessment", "key"),
    [
        (None, "unstated"),
        (Grade("PSA", "9", "12345678"), "PSA 9"),
        (Condition(ConditionScale.TCGPLAYER, "LP"), "tcgplayer LP"),
        (Condition(ConditionScale.CARDMARKET, "LP"), "cardmarket LP"),
    ],
)
def test_a_code_never_stands_without_its_scale(assessment, key):
    assert condition_key(assessment) == key
