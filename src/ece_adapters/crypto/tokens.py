"""Access tokens: JSON Web Tokens (RFC 9068) that identify the caller."""

from collections.abc import Container
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Annotated, Final, Protocol
from uuid import UUID

import msgspec
from attrs import define, field, frozen
from msgspec import Meta, Struct

from ece_domain.identity import (
    ACCESS_LIFETIME,
    AccessToken,
    Claims,
    InvalidToken,
    Role,
    SessionId,
    SessionNotActive,
    TokenExpired,
    User,
    UserId,
)
from ece_domain.kernel import Clock

ISSUER: Final = "ece"
AUDIENCE: Final = "ece/v1"

_CLOCKS_DIFFER = timedelta(seconds=5)
"""The largest difference between the clocks of two servers of one exchange."""

_Seconds = Annotated[int, Meta(ge=0, le=2**35)]


class _Payload(Struct, frozen=True, forbid_unknown_fields=True):
    """All claims are required, each of exactly its type."""

    iss: str
    aud: str
    sub: UUID
    sid: UUID
    role: Role
    iat: _Seconds
    exp: _Seconds
    jti: Annotated[str, Meta(min_length=1)]


class TokenKeys(Protocol):
    """Signs tokens and verifies signatures: a :class:`SigningKey` or a :class:`KeyRing`."""

    def sign(self, payload: bytes) -> str: ...

    def open(self, token: str) -> bytes:
        """:raises InvalidToken: unless one of these keys signed it."""


@frozen
class SignedTokenIssuer:
    """Implements :class:`ece_domain.identity.TokenIssuer`."""

    keys: TokenKeys

    def issue(self, user: User, session_id: SessionId, now: datetime) -> AccessToken:
        issued_at = int(now.timestamp())
        expires_at = issued_at + int(ACCESS_LIFETIME.total_seconds())
        payload = _Payload(
            iss=ISSUER,
            aud=AUDIENCE,
            sub=user.id,
            sid=session_id,
            role=user.role,
            iat=issued_at,
            exp=expires_at,
            jti=token_urlsafe(12),
        )
        text = self.keys.sign(msgspec.json.encode(payload))
        return AccessToken(text, datetime.fromtimestamp(expires_at, UTC))


@define
class SignedTokenVerifier:
    """Implements :class:`ece_domain.identity.TokenVerifier`.

    A signature is checked once per token. The claims of a token cannot change, so later calls read
    them from a cache and check only the time, and whether the session was ended.
    """

    keys: TokenKeys
    revoked: Container[SessionId]
    clock: Clock
    remembered: int = 20_000
    """The size of the cache; beyond it the oldest entry is removed, as it expires first."""
    _known: dict[str, Claims] = field(factory=dict, init=False, repr=False)

    def verify(self, token: str) -> Claims:
        claims = self._known.get(token)
        now = self.clock()
        if claims is None:
            claims = self._read(token, now)
            if claims.expires_at > now:
                self._remember(token, claims)
        if claims.expires_at <= now:
            self._known.pop(token, None)
            raise TokenExpired
        if claims.session_id in self.revoked:
            raise SessionNotActive
        return claims

    def _remember(self, token: str, claims: Claims) -> None:
        if len(self._known) >= self.remembered:
            del self._known[next(iter(self._known))]
        self._known[token] = claims

    def _read(self, token: str, now: datetime) -> Claims:
        try:
            payload = msgspec.json.decode(self.keys.open(token), type=_Payload)
        except ValueError:
            raise InvalidToken from None
        issued_at = datetime.fromtimestamp(payload.iat, UTC)
        expected = (ISSUER, AUDIENCE)
        if (payload.iss, payload.aud) != expected or issued_at > now + _CLOCKS_DIFFER:
            raise InvalidToken
        return Claims(
            user_id=UserId(payload.sub),
            session_id=SessionId(payload.sid),
            role=payload.role,
            expires_at=datetime.fromtimestamp(payload.exp, UTC),
        )
