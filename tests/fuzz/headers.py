"""Idempotency keys and versions."""

from contextlib import suppress

from ece_domain.kernel import InvalidIdempotencyKey
from ece_entrypoints.http.platform.conditional import (
    PreconditionFailed,
    provide_if_match,
    tag_of,
    unless_known,
)
from ece_entrypoints.http.platform.idempotency import provide_key
from ece_entrypoints.http.platform.money import Money
from ece_entrypoints.http.platform.views import AssetText

from .wire import request

BODY = Money(5, AssetText("USD/2"))
SEEDS = (b'"3"', b'"10"', b'W/"3"', b'"1", "3"', tag_of(BODY, 3).encode(), b"*", b"9f1c2e9a-buy-1")


def take(data: bytes) -> None:
    text = data.decode("latin-1")
    with suppress(InvalidIdempotencyKey):
        assert provide_key(request(idempotency_key=data)).text == text
        assert text.isascii()
        assert text.isprintable()
        assert 0 < len(text) <= 128
    with suppress(PreconditionFailed):
        versions = provide_if_match(request(if_match=data))
        assert versions is None or all(f'"{version}' in text for version in versions)
        assert versions or text.strip() == "*"
    answer = unless_known(request(if_none_match=data), BODY, 3)
    assert answer.headers["ETag"] == tag_of(BODY, 3)
    if text.strip() in {"*", tag_of(BODY, 3)}:
        assert answer.status_code == 304
    assert answer.status_code != 304 or text.strip() == "*" or tag_of(BODY, 3) in text
