import pytest

from ece_domain.identity import EmailAddress, Handle, Password, UnacceptablePassword

EMAIL = EmailAddress("Annabelle.Lee@Long-Example.com")
HANDLE = Handle("annabelle_lee")


@pytest.mark.parametrize(
    "text",
    ["", "nine chars"[:9], "x" * 129, "a NUL \0 in the middle", "half a letter \ud83d", "ﬁ" * 65],
)
def test_refuses_passwords_that_are_too_short_too_long_or_not_text(text):
    with pytest.raises(UnacceptablePassword):
        Password(text)


@pytest.mark.parametrize("text", ["ten chars!", "x" * 128, "пароль для обмена", "🐉" * 10])
def test_takes_any_script_from_10_to_128_characters(text):
    Password(text).check_unlike(EMAIL, HANDLE)


def test_is_the_same_however_the_keyboard_composes_it():
    assert Password("cafe\u0301 au lait") == Password("caf\u00e9 au lait")


@pytest.mark.parametrize(
    "text",
    ["annabelle.lee@long-example.com", "ANNABELLE.LEE", "Long-Example.com", "Annabelle_Lee"],
)
def test_refuses_common_passwords(text):
    with pytest.raises(UnacceptablePassword):
        Password(text).check_unlike(EMAIL, HANDLE)


def test_does_not_show_itself():
    assert "secret" not in repr(Password("top secret stuff"))
