"""What a client holds: a short-lived access token, and a refresh token to get the next one."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from attrs import evolve, field, frozen

from .errors import InvalidRefreshToken

SecretSource: TypeAlias = Callable[[], bytes]
"""32 fresh bytes that nobody can guess."""

SecretSuccession: TypeAlias = Callable[[bytes], Sequence[bytes]]
"""The 32 bytes that follow the bytes shown, under each of the exchange's keys, the present first.

The same bytes are always followed by the same, and without a key nobody can tell by which.
"""

ACCESS_LIFETIME = timedelta(minutes=10)

_SECRET_BYTES = 32
_TEXT_LENGTH = 86


@frozen
class AccessToken:
    """A signed statement of who calls, for ten minutes."""

    text: str = field(repr=False)
    expires_at: datetime


@frozen
class RefreshToken:
    """Two secrets of 256 bits: one for the session, one for this token alone."""

    family: bytes = field(repr=False)
    secret: bytes = field(repr=False)

    @classmethod
    def fresh(cls, secrets: SecretSource) -> "RefreshToken":
        return cls(family=secrets(), secret=secrets())

    def successors(self, succession: SecretSuccession) -> Sequence["RefreshToken"]:
        """What may follow this token: one for each of the exchange's keys, the present first.

        They follow from the token shown, so a client that asks again gets the same answer though
        the store keeps digests alone.
        """
        return [evolve(self, secret=secret) for secret in succession(self.family + self.secret)]

    @classmethod
    def parse(cls, text: str) -> "RefreshToken":
        """:raises InvalidRefreshToken: unless ``text`` was made by :attr:`text`."""
        try:
            raw = urlsafe_b64decode(text.encode("ascii") + b"==")
        except (NotBase64, UnicodeEncodeError):
            raise InvalidRefreshToken from None
        token = cls(raw[:_SECRET_BYTES], raw[_SECRET_BYTES:])
        if token.text != text or len(text) != _TEXT_LENGTH:
            raise InvalidRefreshToken
        return token

    @property
    def text(self) -> str:
        return urlsafe_b64encode(self.family + self.secret).rstrip(b"=").decode()

    @property
    def family_digest(self) -> bytes:
        return hashlib.sha256(self.family).digest()

    @property
    def secret_digest(self) -> bytes:
        return hashlib.sha256(self.secret).digest()
