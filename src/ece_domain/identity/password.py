from typing import NewType
from unicodedata import normalize

from attrs import field, frozen

from .email import EmailAddress
from .errors import UnacceptablePassword
from .handle import Handle

_MIN_LENGTH, _MAX_LENGTH = 10, 128

PasswordHash = NewType("PasswordHash", str)
"""A salted hash that names its algorithm and cost, as the hasher wrote it."""


def _as_typed(text: str) -> str:
    return normalize("NFKC", text)


@frozen
class Password:
    """A secret as a person types it: any Unicode but NUL, the same on every keyboard (NFKC).

    It shows neither in logs nor in tracebacks.

    :raises UnacceptablePassword: unless 10 to 128 characters of valid text.
    """

    text: str = field(repr=False, converter=_as_typed)

    def __attrs_post_init__(self) -> None:
        if not _MIN_LENGTH <= len(self.text) <= _MAX_LENGTH or not _is_text(self.text):
            raise UnacceptablePassword

    def check_unlike(self, email: EmailAddress, handle: Handle) -> None:
        """:raises UnacceptablePassword: if it is the e-mail address, a part of it or the handle."""
        guess = self.text.casefold()
        name, _, domain = email.key.partition("@")
        if guess in {email.key, name, domain, handle.text}:
            raise UnacceptablePassword


def _is_text(text: str) -> bool:
    return not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text)
