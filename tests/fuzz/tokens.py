"""Access tokens, with and without a valid signature, and refresh tokens."""

from contextlib import suppress
from uuid import UUID

from ece_adapters.crypto import SignedTokenVerifier, SigningKey
from ece_domain.identity import (
    Claims,
    InvalidRefreshToken,
    InvalidToken,
    RefreshToken,
    Role,
    TokenExpired,
)
from ece_entrypoints.http.platform.auth import Access, TokenRequired, identify
from tests.clock import SettableClock

from .wire import request, text_of

CLOCK = SettableClock()
KEY = SigningKey.derived_from(b"the secret of a fuzzed exchange.")
VERIFIER = SignedTokenVerifier(KEY, set(), CLOCK, remembered=1)
NOW = int(CLOCK().timestamp())
ANN = UUID("01987654-3210-7abc-8def-0123456789ab")
PAYLOAD = (
    f'{{"iss":"ece","aud":"ece/v1","sub":"{ANN}","sid":"{ANN}","role":"collector",'
    f'"iat":{NOW},"exp":{NOW + 600},"jti":"a"}}'
).encode()
GOOD = KEY.sign(PAYLOAD)
HEADER, CLAIMS, SIGNATURE = GOOD.split(".")
SEEDS = (
    GOOD.encode(),
    PAYLOAD,
    f"{HEADER}.{CLAIMS}.".encode(),
    f"{HEADER}.bnVsbA.{SIGNATURE}".encode(),
    f"eyJhbGciOiJub25lIn0.{CLAIMS}.".encode(),
    f"Bearer {GOOD}".encode(),
    RefreshToken(b"f" * 32, b"s" * 32).text.encode(),
)


def take(data: bytes) -> None:
    text = text_of(data)
    with suppress(InvalidRefreshToken):
        assert RefreshToken.parse(text).text == text
    with suppress(InvalidToken, TokenExpired):
        assert (VERIFIER.verify(text).user_id, text) == (ANN, GOOD)
    with suppress(InvalidToken, TokenExpired, TokenRequired):
        identify(asked := request(authorization=data), VERIFIER, Access(frozenset(Role)))
        assert asked.scope["user"].user_id == ANN
        assert data.split()[0].lower() + data.split()[1] == b"bearer" + GOOD.encode()
    with suppress(InvalidToken, TokenExpired):
        check(VERIFIER.verify(KEY.sign(data)), data)


def check(claims: Claims, payload: bytes) -> None:
    """Signed payloads are checked too."""
    assert claims.expires_at > CLOCK()
    assert claims.role.value.encode() in payload or b"\\u" in payload
