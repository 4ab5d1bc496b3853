"""E-mail addresses and handles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece_domain.identity import (
    EmailAddress,
    Handle,
    HandleReserved,
    InvalidEmail,
    InvalidHandle,
)
from tests.strategies.identity import emails, handles

MALFORMED = [
    "",
    "ann",
    "@example.com",
    "ann@",
    "ann@example",
    "ann@@example.com",
    "a nn@example.com",
    " ann@example.com",
    "ann@example.com\n",
    "ann@exa mple.com",
    "ann@.example.com",
    "ann@example..com",
    "ann@example.com.",
    "ann@-example.com",
    "ann@example-.com",
    "ann@127.0.0.1",
    "ann@[127.0.0.1]",
    ".ann@example.com",
    "ann.@example.com",
    "a..nn@example.com",
    '"ann"@example.com',
    "ann@exam_ple.com",
    "ann\0@example.com",
    "änn@example.com",
    "ann@exämple.com",
    "ann@example.\u0441om",  # a Cyrillic letter
    "a" * 65 + "@example.com",
    "ann@" + "a" * 64 + ".com",
    "ann@" + "a.12345678" * 27 + ".com",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_refuses_invalid_addresses(text):
    with pytest.raises(InvalidEmail):
        EmailAddress(text)


@given(emails)
def test_an_address_is_unique_regardless_of_case(address):
    shouted = EmailAddress(address.text.upper())

    assert shouted.key == address.key


def test_an_address_keeps_the_name_as_written_and_the_domain_in_lower_case():
    assert str(EmailAddress("Ann.Lee@Example.COM")) == "Ann.Lee@example.com"


@given(st.text(max_size=300))
def test_no_text_does_worse_to_an_address_than_a_refusal(text):
    try:
        address = EmailAddress(text)
    except InvalidEmail:
        return
    assert EmailAddress(address.text) == address


@given(handles)
def test_a_handle_is_the_same_in_any_case(handle):
    assert Handle(handle.text.upper()) == handle


@pytest.mark.parametrize(
    "text", ["", "ab", "a" * 31, "ann lee", "ann-lee", "änn", "ann\n", "a\0b", "\u212aay"]
)
def test_refuses_a_malformed_handle(text):
    with pytest.raises(InvalidHandle):
        Handle(text)


@pytest.mark.parametrize("text", ["admin", "Support", "e_c_e", "_moderator_"])
def test_reserves_handles_that_could_pass_for_the_exchange(text):
    with pytest.raises(HandleReserved) as refused:
        Handle(text).check_not_reserved()
    assert refused.value.handle == text.lower()


def test_ordinary_handles_are_not_reserved():
    Handle("admiral_ann").check_not_reserved()
    assert str(Handle("admiral_ann")) == "admiral_ann"
