import pytest

from ece_domain.cards import Condition, ConditionKey, ConditionScale, Grade, UnknownCondition


@pytest.mark.parametrize(
    ("assessment", "key"),
    [
        (None, "unstated"),
        (Grade("PSA", "9", "12345678"), "PSA 9"),
        (Condition(ConditionScale.TCGPLAYER, "LP"), "tcgplayer LP"),
        (Condition(ConditionScale.CARDMARKET, "LP"), "cardmarket LP"),
    ],
)
def test_a_code_always_has_its_scale(assessment, key):
    assert ConditionKey.of(assessment) == ConditionKey(key)
    assert str(ConditionKey(key)) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NM",
        "tcgplayer",
        "tcgplayer PL",
        "PSA",
        "PSA 11",
        "psa 9",
        "PSA 9 12345678",
        " unstated",
    ],
)
def test_a_text_that_names_no_condition_is_refused(text):
    with pytest.raises(UnknownCondition):
        ConditionKey(text)


def test_keys_are_ordered_by_their_text():
    assert ConditionKey("PSA 10") < ConditionKey("PSA 9") < ConditionKey("unstated")
