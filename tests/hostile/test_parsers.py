"""Whatever text comes, a parser answers with its value or with its own refusal, never otherwise."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Request

from ece_domain.cards import InvalidSetCode, SetCode
from ece_domain.identity import (
    EmailAddress,
    Handle,
    HandleReserved,
    InvalidEmail,
    InvalidHandle,
    InvalidRefreshToken,
    InvalidToken,
    RefreshToken,
    SessionId,
    TokenExpired,
)
from ece_domain.kernel import Asset, InvalidAsset, InvalidRequestKey, RequestKey
from ece_entrypoints.http.conditional import PreconditionFailed, provide_if_match
from ece_entrypoints.http.faults import InvalidBody
from ece_entrypoints.http.idempotency import provide_key
from ece_entrypoints.http.identity import LogInBody, RegistrationBody
from ece_entrypoints.http.ledger import DepositBody
from ece_entrypoints.http.listings import ListingBody
from ece_entrypoints.http.money import MoneyIn
from ece_entrypoints.http.pages import Cursors, InvalidCursor
from ece_entrypoints.http.strict import DuplicateKey, MalformedBody, TooDeep, read
from tests.hostile.town import Town
from tests.http.conftest import person

TEXTS = (
    st.text()
    | st.text(alphabet='ABCDEFxyz019-_/=." \n\0', max_size=90)
    | st.text(alphabet=st.characters(categories=["Cs", "Nd", "Lu"]), max_size=90)
)
"""Any text, half characters and digits of other scripts among it, and what is nearly right."""
ALMOST = (
    "\n",
    " ",
    "\0",
    "0",
    "3",
    "\u0663",
    "\u00b2",
    "=",
    "/",
    "-",
    "A",
    "K",
    "\u212a",
    "\ud800",
)
"""Line ends, digits and letters that are some only to careless parsers."""
LATIN = st.text(alphabet=st.characters(max_codepoint=255))
"""What a header can carry."""
CURSORS = Cursors(b"secret")


thoroughly = settings(max_examples=400, deadline=None)


def mangled(*good: str) -> st.SearchStrategy[str]:
    """Texts that were good once: cut, doubled, and with something else put into one place."""
    texts, others = st.sampled_from(good), st.sampled_from(ALMOST) | st.text(max_size=2)
    places = st.integers(0, max(map(len, good)))
    return st.one_of(
        st.builds(lambda text, at: text[:at], texts, places),
        st.builds(lambda text, at: text + text[at:], texts, places),
        st.builds(lambda text, at, other: text[:at] + other + text[at:], texts, places, others),
        st.builds(
            lambda text, at, other: text[:at] + other + text[at + 1 :], texts, places, others
        ),
        st.builds(lambda text, other: text + other, texts, others),
    )


def request(*, headers: dict[str, str] | None = None, query: bytes = b"") -> Request[Any, Any, Any]:
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    scope = {
        "type": "http", "method": "GET", "path": "/v1/listings", "query_string": query,
        "headers": pairs, "state": {},
    }  # fmt: skip
    return Request(scope)  # type: ignore[arg-type]  # as much of a scope as is read here


@thoroughly
@given(TEXTS | mangled("USD/2", "GOLD/18"))
def test_an_asset_reads_as_it_is_written(text: str):
    with suppress(InvalidAsset):
        assert str(Asset.parse(text)) == text


@thoroughly
@given(TEXTS | mangled("ann@example.com"))
def test_an_address_or_a_refusal(text: str):
    with suppress(InvalidEmail):
        assert EmailAddress(text).text.isascii()


@thoroughly
@given(TEXTS | mangled("moonlit-coast"))
def test_a_set_code_or_a_refusal(text: str):
    with suppress(InvalidSetCode):
        assert SetCode(text).text.isascii()


@thoroughly
@given(TEXTS | mangled("ann_lee"))
def test_a_handle_or_a_refusal(text: str):
    with suppress(InvalidHandle, HandleReserved):
        assert Handle(text).text.isascii()


@thoroughly
@given(TEXTS | mangled("9f1c2e9a-buy-1"))
def test_a_request_key_or_a_refusal(text: str):
    with suppress(InvalidRequestKey):
        assert RequestKey(text).text == text


@thoroughly
@given(LATIN)
def test_an_idempotency_key_in_a_header_or_a_refusal(text: str):
    with suppress(InvalidRequestKey):
        assert provide_key(request(headers={"idempotency-key": text})).text == text


@thoroughly
@given(LATIN | mangled('"3"', '"10"').filter(lambda text: max(text, default="") < "Ā"))
def test_a_version_in_a_header_or_a_refusal(text: str):
    with suppress(PreconditionFailed):
        assert f'"{provide_if_match(request(headers={"if-match": text}))}"' == text.strip()


@thoroughly
@given(TEXTS | mangled(RefreshToken(b"f" * 32, b"s" * 32).text))
def test_a_refresh_token_reads_as_it_is_written(text: str):
    with suppress(InvalidRefreshToken):
        assert RefreshToken.parse(text).text == text


POSITIONS = st.lists(st.text(max_size=20) | st.integers(-(2**63), 2**63 - 1), max_size=4)


@thoroughly
@given(POSITIONS)
def test_a_cursor_is_opened_by_its_own_list_alone(position: list[str | int]):
    sealed = CURSORS.seal(request(), tuple(position))
    assert CURSORS.open(request(), sealed) == tuple(position)
    with pytest.raises(InvalidCursor):
        CURSORS.open(request(query=b"seller=x"), sealed)
    with pytest.raises(InvalidCursor):
        Cursors(b"another secret").open(request(), sealed)


@thoroughly
@given(TEXTS | mangled(CURSORS.seal(request(), ("a", 5))))
def test_a_cursor_that_was_changed_is_refused(text: str):
    with suppress(InvalidCursor):
        assert CURSORS.seal(request(), CURSORS.open(request(), text)) == text


def test_a_token_that_was_changed_is_refused(whole_town: Town):
    identity = whole_town.exchange.identity
    user, session = person(whole_town.exchange, "ann"), SessionId(UUID(int=1))
    good = identity.token_issuer().issue(user, session, whole_town.clock()).text
    header, payload, signature = good.split(".")
    parts = st.sampled_from([header, payload, signature, "", "e30", "bnVsbA"])
    verify = identity.token_verifier().verify
    assert verify(good).user_id == user.id

    @thoroughly
    @given(TEXTS | mangled(good) | st.lists(parts, max_size=4).map(".".join))
    def refused(text: str) -> None:
        with suppress(InvalidToken, TokenExpired):
            assert (verify(text).user_id, text) == (user.id, good)

    refused()


BODIES = (DepositBody, ListingBody, LogInBody, MoneyIn, RegistrationBody)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.datetimes().map(str),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=5)
            | st.sampled_from(["amount", "asset", "to", "money", "price", "card_id", "decline"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
GOOD = '{"to": "01987654-3210-7abc-8def-0123456789ab", "money": {"amount": 5, "asset": "USD/2"}}'


@thoroughly
@given(
    body=st.binary()
    | mangled(GOOD).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | JSON.map(lambda value: msgspec.json.encode(_encodable(value))),
    kind=st.sampled_from(BODIES),
)
def test_a_body_is_read_or_refused(body: bytes, kind: type[msgspec.Struct]):
    with suppress(InvalidBody, MalformedBody, DuplicateKey, TooDeep):
        assert isinstance(read(body, kind), kind)


def _encodable(value: Any) -> Any:
    """Integers of any size and texts with half characters are what the reader should meet."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case int() if not -(2**63) <= value < 2**64:
            return msgspec.Raw(str(value).encode())
        case dict():
            return {_encodable(key): _encodable(each) for key, each in value.items()}
        case list():
            return [_encodable(each) for each in value]
    return value
