"""What a client holds: a short-lived access token, and a refresh token to get the next one."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from attrs import evolve, field, frozen

from .errors import InvalidRefreshToken

SecretSource: TypeAlias = Callable[[], bytes]
"""32 fresh bytes that nobody can guess."""

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

    def next(self, secrets: SecretSource) -> "RefreshToken":
        return evolve(self, secret=secrets())

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
