from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece_adapters.crypto import fresh_secret
from ece_domain.identity import (
    EndReason,
    InvalidRefreshToken,
    RefreshToken,
    Session,
    SessionId,
    SessionOver,
    UserId,
)

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def token():
    return RefreshToken.fresh(fresh_secret)


@pytest.fixture
def session(token):
    return Session.start(SessionId(uuid4()), user_id=UserId(uuid4()), token=token, now=NOON)


def test_a_refresh_makes_the_next_token_the_only_good_one(session, token):
    following = token.next(fresh_secret)
    refreshed = session.refresh(token, following, NOON)

    assert refreshed.refresh(following, following.next(fresh_secret), NOON).ended_at is None
    assert refreshed.refresh(token, following, NOON).ended_at == NOON


def test_a_used_token_ends_the_session_and_says_why(session, token):
    refreshed = session.refresh(token, token.next(fresh_secret), NOON)
    ended = refreshed.refresh(token, token.next(fresh_secret), NOON + timedelta(hours=1))

    assert ended.ended_at == NOON + timedelta(hours=1)
    assert ended.events[-1].reason == "token-reused"


def test_an_ended_session_takes_no_token_and_does_not_end_again(session, token):
    ended = session.end(EndReason.LOGGED_OUT, NOON)

    with pytest.raises(SessionOver):
        ended.refresh(token, token.next(fresh_secret), NOON)
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
        following = token.next(fresh_secret)
        session, token = session.refresh(token, following, now), following
    now += timedelta(days=idle_days)

    assert (session.expires_at <= now) is is_over
    if is_over:
        with pytest.raises(SessionOver):
            session.refresh(token, token.next(fresh_secret), now)
    else:
        session.refresh(token, token.next(fresh_secret), now)


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
