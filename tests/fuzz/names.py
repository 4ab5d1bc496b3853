"""Handles, addresses and codes: each name has one normal form, in ASCII."""

from contextlib import suppress
from string import ascii_letters, digits

from ece_domain.cards import InvalidSetCode, SetCode
from ece_domain.identity import EmailAddress, Handle, InvalidEmail, InvalidHandle

from .wire import text_of

SEEDS = (b"ann@example.com", b"a.b+c@xn--bcher-kva.example", b"ann_lee", b"moonlit-coast")


def take(data: bytes) -> None:
    text = text_of(data)
    with suppress(InvalidEmail):
        address = EmailAddress(text).text
        assert address.isascii()
        assert EmailAddress(address).text == address
        assert address.count("@") == 1
    with suppress(InvalidHandle):
        handle = Handle(text).text
        assert (handle, Handle(handle).text) == (text.lower(), handle)
        assert set(text) <= {*ascii_letters, *digits, "_"}
    with suppress(InvalidSetCode):
        assert SetCode(text).text == text.lower()
        assert set(text) <= {*ascii_letters, *digits, "-"}
