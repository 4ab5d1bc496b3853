"""Access tokens are accepted only if this exchange signed them, and while they are valid."""

from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ece_adapters.crypto import SignedTokenIssuer, SignedTokenVerifier, SigningKey
from ece_domain.identity import (
    Claims,
    EmailAddress,
    Handle,
    InvalidToken,
    PasswordHash,
    Role,
    SessionId,
    SessionNotActive,
    TokenExpired,
    User,
    UserId,
)
from tests.clock import SettableClock
from tests.unit.identity.forged_tokens import forgeries, payload_of

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
    updated_at=NOON,
)
GENUINE = SignedTokenIssuer(KEY).issue(ANN, SESSION, NOON)
FORGED = {
    **forgeries(KEY, GENUINE.text),
    "empty": "",
    "a space after": GENUINE.text + " ",
    "half a letter": GENUINE.text + "\ud800",
}


@pytest.fixture
def revoked():
    return set()


@pytest.fixture
def verifier(clock, revoked):
    return SignedTokenVerifier(KEY, revoked, clock)


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


def test_names_the_caller(verifier):
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

    with pytest.raises(SessionNotActive):
        verifier.verify(GENUINE.text)


def test_accepts_a_token_of_a_server_whose_clock_is_slightly_ahead(verifier, clock):
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
    assert datetime.fromtimestamp(payload_of(GENUINE.text)["iat"], UTC) == NOON
