"""Only what this exchange signed, for this use, at this time, says who calls."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from ece_adapters.crypto import SignedTokenIssuer, SignedTokenVerifier, SigningKey
from ece_domain.identity import (
    Claims,
    EmailAddress,
    Handle,
    InvalidToken,
    PasswordHash,
    Role,
    SessionId,
    SessionOver,
    TokenExpired,
    User,
    UserId,
)
from tests.clock import SettableClock

NOON = SettableClock().moment
KEY = SigningKey.derived_from(b"one installation's secret of 32+ bytes")
SESSION = SessionId(uuid4())
ANN = User(
    id=UserId(uuid4()),
    email=EmailAddress("ann@example.com"),
    handle=Handle("ann"),
    password_hash=PasswordHash("$"),
    role=Role.MODERATOR,
    registered_at=NOON,
)
GENUINE = SignedTokenIssuer(KEY).issue(ANN, SESSION, NOON)
HEADER, PAYLOAD = (
    json.loads(urlsafe_b64decode(part + "==")) for part in GENUINE.text.split(".")[:2]
)


@pytest.fixture
def revoked():
    return set()


@pytest.fixture
def verifier(clock, revoked):
    return SignedTokenVerifier(KEY, revoked, clock)


def encoded(part):
    return urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def signed(payload, key=KEY._key, **header):
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    algorithm = header.get("alg", "Ed25519")
    registry = jws.JWSRegistry(strict_check_header=False, algorithms=[algorithm])
    return jws.serialize_compact({**HEADER, **header}, raw, key, registry=registry)


def without(claim):
    return {name: value for name, value in PAYLOAD.items() if name != claim}


def in_place_of(index, part):
    parts = GENUINE.text.split(".")
    parts[index] = part
    return ".".join(parts)


def flipped(index):
    parts = GENUINE.text.split(".")
    middle = len(parts[index]) // 2
    swapped = "A" if parts[index][middle] != "A" else "B"
    parts[index] = parts[index][:middle] + swapped + parts[index][middle + 1 :]
    return ".".join(parts)


PUBLIC_TEXT = json.dumps(KEY._key.as_dict(private=False)).encode()
OTHER_KEY = SigningKey.derived_from(b"another installation's secret, also 32")._key
LATER = PAYLOAD["exp"] + 3600

FORGED = {
    "empty": "",
    "a word": "token",
    "dots alone": "..",
    "four parts": GENUINE.text + ".x",
    "no signature": GENUINE.text.rpartition(".")[0] + ".",
    "no signature part": GENUINE.text.rpartition(".")[0],
    "huge": GENUINE.text + "A" * 100_000,
    "a space after": GENUINE.text + " ",
    "padding after": GENUINE.text + "==",
    "no ascii": in_place_of(1, "é"),
    "half a letter": in_place_of(1, "\ud800"),
    "header flipped": flipped(0),
    "payload flipped": flipped(1),
    "signature flipped": flipped(2),
    "payload swapped": in_place_of(1, encoded({**PAYLOAD, "role": "admin"})),
    "later expiry, old signature": in_place_of(1, encoded({**PAYLOAD, "exp": LATER})),
    "alg none": encoded({**HEADER, "alg": "none"}) + f".{encoded(PAYLOAD)}.",
    "alg None": encoded({**HEADER, "alg": "None"}) + f".{encoded(PAYLOAD)}.",
    "alg none, signed": in_place_of(0, encoded({**HEADER, "alg": "none"})),
    "alg missing": in_place_of(0, encoded({"typ": "at+jwt", "kid": HEADER["kid"]})),
    "HS256 with the public key": signed(PAYLOAD, OctKey.import_key(PUBLIC_TEXT), alg="HS256"),
    "alg EdDSA": in_place_of(0, encoded({**HEADER, "alg": "EdDSA"})),
    "another key": signed(PAYLOAD, OTHER_KEY),
    "another key, its kid": signed(PAYLOAD, OTHER_KEY, kid=OTHER_KEY.thumbprint()),
    "a key of its own": signed(PAYLOAD, OTHER_KEY, jwk=OTHER_KEY.as_dict(private=False)),
    "a curve of its own": signed(PAYLOAD, OKPKey.generate_key("Ed448"), alg="Ed448"),
    "kid missing": signed(PAYLOAD, kid=""),
    "kid is a path": signed(PAYLOAD, kid="../../dev/null"),
    "typ JWT": signed(PAYLOAD, typ="JWT"),
    "typ refresh": signed(PAYLOAD, typ="rt+jwt"),
    "one more header": signed(PAYLOAD, cty="x"),
    "header nested deep": urlsafe_b64encode(b"[" * 700).decode() + ".e30.AA",
    "other issuer": signed({**PAYLOAD, "iss": "eve"}),
    "other audience": signed({**PAYLOAD, "aud": "ece/v2"}),
    "several audiences": signed({**PAYLOAD, "aud": ["ece/v1", "eve"]}),
    **{f"no {claim}": signed(without(claim)) for claim in PAYLOAD},
    "one more claim": signed({**PAYLOAD, "admin": True}),
    "expiry as text": signed({**PAYLOAD, "exp": str(LATER)}),
    "expiry as a fraction": signed({**PAYLOAD, "exp": LATER + 0.5}),
    "expiry beyond all time": signed({**PAYLOAD, "exp": 10**30}),
    "negative expiry": signed({**PAYLOAD, "exp": -1}),
    "issued in the future": signed({**PAYLOAD, "iat": PAYLOAD["iat"] + 60, "exp": LATER}),
    "unknown role": signed({**PAYLOAD, "role": "owner"}),
    "role missing a type": signed({**PAYLOAD, "role": None}),
    "subject is no id": signed({**PAYLOAD, "sub": "ann"}),
    "empty jti": signed({**PAYLOAD, "jti": ""}),
    "payload is a list": signed([PAYLOAD]),
    "payload is no JSON": signed(b"{"),
    "payload is no UTF-8": signed(b'{"iss":"\xff"}'),
}


def test_there_are_enough_forgeries():
    assert len(FORGED) >= 30


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_refuses_a_forged_token(verifier, token):
    with pytest.raises(InvalidToken):
        verifier.verify(token)


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_refuses_a_forged_token_also_after_a_genuine_one(verifier, token):
    verifier.verify(GENUINE.text)
    with pytest.raises(InvalidToken):
        verifier.verify(token)


@given(st.text(max_size=200) | st.text("abc.eyJ_-=", max_size=200))
@settings(max_examples=300)
def test_no_text_does_worse_than_a_refusal(text):
    verifier = SignedTokenVerifier(KEY, set(), SettableClock())
    with pytest.raises(InvalidToken):
        verifier.verify(text)


def test_says_who_calls(verifier):
    claims = verifier.verify(GENUINE.text)

    assert claims == Claims(ANN.id, SESSION, Role.MODERATOR, NOON + timedelta(minutes=10))
    assert GENUINE.expires_at == claims.expires_at
    assert isinstance(claims.user_id, UUID)
    assert verifier.verify(GENUINE.text) is claims


@pytest.mark.parametrize("was_seen", [False, True])
def test_a_token_is_good_for_ten_minutes(verifier, clock, was_seen):
    clock.advance(seconds=599)
    if was_seen:
        verifier.verify(GENUINE.text)
    clock.advance(seconds=1)

    with pytest.raises(TokenExpired):
        verifier.verify(GENUINE.text)
    with pytest.raises(TokenExpired):
        verifier.verify(GENUINE.text)


@pytest.mark.parametrize("was_seen", [False, True])
def test_a_token_of_a_revoked_session_is_dead(verifier, revoked, was_seen):
    if was_seen:
        verifier.verify(GENUINE.text)
    revoked.add(SESSION)

    with pytest.raises(SessionOver):
        verifier.verify(GENUINE.text)


def test_takes_a_token_from_a_server_whose_clock_is_a_little_ahead(verifier, clock):
    clock.advance(seconds=-5)
    assert verifier.verify(GENUINE.text).user_id == ANN.id


def test_servers_with_the_same_secret_trust_each_other():
    issuer = SignedTokenIssuer(SigningKey.derived_from(b"s" * 32))
    verifier = SignedTokenVerifier(SigningKey.derived_from(b"s" * 32), set(), lambda: NOON)

    assert verifier.verify(issuer.issue(ANN, SESSION, NOON).text).role is Role.MODERATOR


def test_no_two_tokens_are_the_same():
    issuer = SignedTokenIssuer(KEY)

    assert issuer.issue(ANN, SESSION, NOON).text != issuer.issue(ANN, SESSION, NOON).text


def test_remembers_a_bounded_number_of_tokens(clock):
    verifier = SignedTokenVerifier(KEY, set(), clock, remembered=3)
    tokens = [SignedTokenIssuer(KEY).issue(ANN, SESSION, NOON).text for _ in range(5)]
    for token in tokens:
        verifier.verify(token)

    assert list(verifier._known) == tokens[2:]


def test_a_verified_token_costs_microseconds(verifier):
    verifier.verify(GENUINE.text)
    start = perf_counter()
    for _ in range(1000):
        verifier.verify(GENUINE.text)

    assert (perf_counter() - start) / 1000 < 50e-6


def test_a_signing_key_does_not_show_itself():
    assert KEY._key.as_dict(private=True)["d"] not in repr(KEY)
    assert GENUINE.text not in repr(GENUINE)
    assert datetime.fromtimestamp(PAYLOAD["iat"], UTC) == NOON
