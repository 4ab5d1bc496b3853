"""Assets and amounts, and the sums of their parts."""

from contextlib import suppress

import msgspec

from ece_domain.kernel import MAX_AMOUNT, Asset, InvalidAsset, InvalidWeights
from ece_domain.kernel import Money as DomainMoney
from ece_entrypoints.http.platform.field_errors import InvalidBody
from ece_entrypoints.http.platform.json_body import DuplicateKey, MalformedBody, TooDeep, read
from ece_entrypoints.http.platform.money import Money
from ece_entrypoints.http.platform.views import view

from .wire import text_of

SEEDS = (
    b"USD/2",
    b"GOLD/18",
    b'{"amount": 1250, "asset": "USD/2"}',
    b'{"amount": 1000000000000000, "asset": "A1/0"}',
)


def take(data: bytes) -> None:
    text = text_of(data)
    with suppress(InvalidAsset):
        assert str(Asset.parse(text)) == text
    with suppress(InvalidBody, MalformedBody, DuplicateKey, TooDeep):
        body = read(data, Money)
        assert isinstance(body, Money)
        money = body.to_domain()
        assert 0 <= money.amount <= MAX_AMOUNT
        again = msgspec.json.encode(view(money, Money), enc_hook=str)
        assert read(again, Money) == body
    split(int.from_bytes(data[:6]), list(data[6:40]))


def split(amount: int, weights: list[int]) -> None:
    whole = DomainMoney(amount, Asset("USD", 2))
    with suppress(InvalidWeights):
        parts = whole.split(weights)
        assert sum(part.amount for part in parts) == amount
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part.amount * sum(weights) - amount * weight) < sum(weights)
