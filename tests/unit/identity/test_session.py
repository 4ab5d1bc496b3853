from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece_adapters.crypto import KeyedSuccession, fresh_secret
from ece_domain.identity import (
    REFRESH_GRACE,
    EndReason,
    InvalidRefreshToken,
    RefreshToken,
    Session,
    SessionId,
    SessionNotActive,
    UserId,
)

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
SUCCESSION = KeyedSuccession.derived_from(b"s" * 32)


def after(token):
    return token.successors(SUCCESSION)[0]


@pytest.fixture
def token():
    return RefreshToken.fresh(fresh_secret)


@pytest.fixture
def session(token):
    return Session.start(SessionId(uuid4()), user_id=UserId(uuid4()), token=token, now=NOON)


def test_a_refresh_makes_the_next_token_the_only_good_one(session, token):
    following = after(token)
    refreshed = session.refresh(token, [following], NOON)

    assert refreshed.good_token([token, following]) is following
    assert refreshed.refresh(following, [after(following)], NOON).ended_at is None
    assert refreshed.refresh(token, [following], NOON + REFRESH_GRACE).ended_at is not None


def test_a_repeated_refresh_changes_nothing_and_does_not_prolong_the_grace(session, token):
    refreshed = session.refresh(token, [after(token)], NOON)
    late = NOON + REFRESH_GRACE - timedelta(microseconds=1)

    assert refreshed.refresh(token, [after(token)], late) is refreshed
    assert refreshed.refresh(token, [after(token)], NOON + REFRESH_GRACE).ended_at is not None


def test_a_repeated_refresh_under_an_unknown_key_counts_as_a_reuse(session, token):
    refreshed = session.refresh(token, [after(token)], NOON)

    assert refreshed.refresh(token, [after(after(token))], NOON).ended_at == NOON


def test_a_repeated_refresh_finds_its_token_under_an_earlier_key(session, token):
    refreshed = session.refresh(token, [after(token)], NOON)
    successors = [RefreshToken(token.family, b"n" * 32), after(token)]

    assert refreshed.refresh(token, successors, NOON).good_token(successors) == after(token)


def test_a_token_before_the_one_replaced_ends_the_session_within_the_grace(session, token):
    refreshed = session.refresh(token, [after(token)], NOON)
    again = refreshed.refresh(after(token), [after(after(token))], NOON)

    assert again.refresh(token, [after(token)], NOON).ended_at == NOON


def test_a_reused_token_ends_the_session_with_the_reason(session, token):
    refreshed = session.refresh(token, [after(token)], NOON)
    ended = refreshed.refresh(token, [after(token)], NOON + timedelta(hours=1))

    assert ended.ended_at == NOON + timedelta(hours=1)
    assert ended.events[-1].reason == "token-reused"
    assert ended.good_token([token, after(token)]) is None


def test_an_ended_session_takes_no_token_and_does_not_end_again(session, token):
    ended = session.end(EndReason.LOGGED_OUT, NOON)

    with pytest.raises(SessionNotActive):
        ended.refresh(token, [after(token)], NOON)
    assert ended.end(EndReason.TOKEN_REUSED, NOON + timedelta(1)) is ended


@pytest.mark.parametrize(
    ("idle_days", "refreshes_of_10_days", "is_over"),
    [(13, 0, False), (14, 0, True), (9, 2, False), (10, 2, True)],
)
def test_a_session_ends_after_14_idle_days_and_after_30_in_all(
    session, token, idle_days, refreshes_of_10_days, is_over
):
    now = NOON
    for _ in range(refreshes_of_10_days):
        now += timedelta(days=10)
        session, token = session.refresh(token, [after(token)], now), after(token)
    now += timedelta(days=idle_days)

    assert (session.expires_at <= now) is is_over
    if is_over:
        with pytest.raises(SessionNotActive):
            session.refresh(token, [after(token)], now)
    else:
        session.refresh(token, [after(token)], now)


@given(st.binary(min_size=64, max_size=64))
def test_a_refresh_token_survives_its_text(raw):
    token = RefreshToken(raw[:32], raw[32:])

    assert RefreshToken.parse(token.text) == token


@given(st.text(max_size=100) | st.text("abcdefgh-_=.\n", min_size=84, max_size=90))
def test_no_other_text_is_a_refresh_token(text):
    try:
        token = RefreshToken.parse(text)
    except InvalidRefreshToken:
        return
    assert token.text == text
    assert len(token.family) == len(token.secret) == 32


def test_a_refresh_token_has_one_spelling(token):
    last = token.text[-1]
    for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        if other != last:
            try:
                assert RefreshToken.parse(token.text[:-1] + other) != token
            except InvalidRefreshToken:
                continue


def test_neither_tokens_nor_digests_show_themselves(session, token):
    assert token.text not in repr(token)
    assert "digest" not in repr(session)
