"""Idempotency keys and versions."""

from contextlib import suppress

from ece_domain.kernel import InvalidIdempotencyKey
from ece_entrypoints.http.platform.conditional import (
    PreconditionFailed,
    provide_if_match,
    tagged,
    unless_known,
)
from ece_entrypoints.http.platform.idempotency import provide_key
from ece_entrypoints.http.platform.money import Money
from ece_entrypoints.http.platform.views import AssetText

from .wire import request

BODY = Money(5, AssetText("USD/2"))
SEEDS = (b'"3"', b'"10"', b'W/"3"', b'"1", "3"', b"*", b"9f1c2e9a-buy-1")


def take(data: bytes) -> None:
    text = data.decode("latin-1")
    with suppress(InvalidIdempotencyKey):
        assert provide_key(request(idempotency_key=data)).text == text
        assert text.isascii()
        assert text.isprintable()
        assert 0 < len(text) <= 128
    with suppress(PreconditionFailed):
        version = provide_if_match(request(if_match=data))
        assert tagged(BODY, version).headers["ETag"] == text.strip()
        assert version < 2**63
    answer = unless_known(request(if_none_match=data), BODY, 3)
    tags = [tag.strip().removeprefix("W/") for tag in text.split(",")]
    assert answer.status_code == 304 or (text != "*" and '"3"' not in tags)
