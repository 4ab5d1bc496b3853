"""Replacing the secret of an installation, with servers that restart one by one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from joserfc import jws

from ece_adapters.crypto import KeyRing, SignedTokenIssuer, SignedTokenVerifier, SigningKey
from ece_domain.identity import (
    ACCESS_LIFETIME,
    EmailAddress,
    Handle,
    InvalidToken,
    PasswordHash,
    Role,
    SessionId,
    TokenExpired,
    User,
    UserId,
)
from tests.clock import SettableClock

OLD, NEW = b"the old secret, of 32 bytes or more", b"the new secret, of 32 bytes or more"
NOON = SettableClock().moment
ANN = User(
    id=UserId(uuid4()),
    email=EmailAddress("ann@example.com"),
    handle=Handle("ann"),
    password_hash=PasswordHash("$"),
    role=Role.COLLECTOR,
    registered_at=NOON,
    updated_at=NOON,
)
STEPS = {
    "before": (KeyRing.derived_from(OLD), KeyRing.derived_from(OLD)),
    "the new one is announced": (KeyRing.derived_from(OLD), KeyRing.derived_from(OLD, [NEW])),
    "all know both": (KeyRing.derived_from(OLD, [NEW]), KeyRing.derived_from(OLD, [NEW])),
    "the new one signs": (KeyRing.derived_from(OLD, [NEW]), KeyRing.derived_from(NEW, [OLD])),
    "all sign with it": (KeyRing.derived_from(NEW, [OLD]), KeyRing.derived_from(NEW, [OLD])),
    "the old one goes": (KeyRing.derived_from(NEW, [OLD]), KeyRing.derived_from(NEW)),
}
"""For each step, a server before its restart, and one after it."""


def token_of(keys):
    return SignedTokenIssuer(keys).issue(ANN, SessionId(uuid4()), NOON).text


def verify(keys, token, now=NOON):
    return SignedTokenVerifier(keys, set(), lambda: now).verify(token)


@pytest.mark.parametrize("servers", STEPS.values(), ids=STEPS.keys())
def test_at_each_step_all_servers_take_the_tokens_of_all(servers):
    for issuer in servers:
        for verifier in servers:
            assert verify(verifier, token_of(issuer)).user_id == ANN.id


def test_a_token_of_the_key_before_is_good_until_it_expires():
    token, ring = token_of(KeyRing.derived_from(OLD)), KeyRing.derived_from(NEW, [OLD])

    assert verify(ring, token, NOON + ACCESS_LIFETIME - timedelta(seconds=1)).user_id == ANN.id
    with pytest.raises(TokenExpired):
        verify(ring, token, NOON + ACCESS_LIFETIME)


def test_a_token_of_a_key_that_was_removed_is_refused():
    with pytest.raises(InvalidToken):
        verify(KeyRing.derived_from(NEW), token_of(KeyRing.derived_from(OLD)))


def test_a_token_of_an_unknown_key_is_refused_with_any_kid():
    ring, stranger = KeyRing.derived_from(NEW, [OLD]), SigningKey.derived_from(b"x" * 32)
    payload = ring.open(token_of(ring))
    with pytest.raises(InvalidToken):
        ring.open(stranger.sign(payload))
    for known in (NEW, OLD):
        header = SigningKey.derived_from(known)._header
        forged = jws.serialize_compact(header, payload, stranger._key, algorithms=["Ed25519"])
        with pytest.raises(InvalidToken):
            ring.open(forged)


def test_a_token_names_the_key_that_signed_it():
    kids = {SigningKey.derived_from(secret)._header["kid"] for secret in (OLD, NEW)}

    assert len(kids) == 2


def test_a_key_ring_does_not_show_its_keys():
    ring = KeyRing.derived_from(OLD, [NEW])

    assert repr(ring) == object.__repr__(ring)
