"""JSON bodies: read without loss, or refused with the places of all errors."""

import json

import msgspec
from msgspec import Struct

from ece_entrypoints.http.cards.card_sets import CardSetCreate
from ece_entrypoints.http.cards.printings import PrintingUpdate
from ece_entrypoints.http.identity.identity import AccountCreate
from ece_entrypoints.http.ledger.holds import HoldCapture, HoldCreate
from ece_entrypoints.http.market.own_listings import ListingCreate, PurchaseCreate
from ece_entrypoints.http.platform.field_errors import (
    MAX_FAULTS,
    FieldError,
    InvalidBody,
    legible,
)
from ece_entrypoints.http.platform.json_body import DuplicateKey, MalformedBody, TooDeep, read

ID = b'"01987654-3210-7abc-8def-0123456789ab"'
KINDS: tuple[type[Struct], ...] = (
    HoldCapture,
    CardSetCreate,
    HoldCreate,
    ListingCreate,
    PrintingUpdate,
    PurchaseCreate,
    AccountCreate,
)
SEEDS = (
    b'\0{"destination_id": ' + ID + b', "money": {"amount": 5, "asset": "USD/2"}}',
    b'\2{"owner_id": ' + ID + b', "money": {"amount": 5, "asset": "USD/2"}, "purpose": "bid", '
    b'"expires_at": "9999-12-31T23:59:59-10:00"}',
    b'\3{"card_id": ' + ID + b', "price": {"amount": 5, "asset": "USD/2"}, "decline": {"floor": '
    b'{"amount": 1, "asset": "USD/2"}, "starts_at": "2026-07-01T12:00:00Z"}}',
    b'\4{"name": "\\u0041\\ud83d\\ude00", "print_run": null, "image": null}',
    b'\6{"email": "ann@example.com", "handle": "ann", "password": "correct horse battery"}',
    b'\1{"code": "a-b", "rarities": [{"code": "rare", "label": "Rare", "rank": 1}], "code": 1e9}',
    b'\6{"\\ud800": 1, "\\ud800": {"\\udfff": 2}}',
    b'\6{"hand\\ud800le": "\\ud800"}',
    b'\6{"a~1b/c": 1, "rarities": [{"a~": 1}]}',
    b'\5{"max_price": null, "max_price": null}',
    b'\5{"max_price": {"amount": ' + b"9" * 4_400 + b"}}",
    b"\5" + b'{"max_price": ' * 65 + b"NaN",
)


def take(data: bytes) -> None:
    kind, body = KINDS[(data[0] if data else 0) % len(KINDS)], data[1:]
    try:
        found = read(body, kind)
    except InvalidBody as refusal:
        assert_telling(refusal, as_told(json.loads(body)))
    except (MalformedBody, DuplicateKey, TooDeep) as refusal:
        msgspec.json.encode(refusal.details)
    else:
        assert isinstance(found, kind)
        assert read(msgspec.json.encode(found, enc_hook=str), kind) == found
        json.loads(body, object_pairs_hook=assert_unique)


def assert_telling(refusal: InvalidBody, body: object) -> None:
    assert msgspec.json.encode(refusal.errors) != b"[]"
    for fault in refusal.errors[:MAX_FAULTS]:
        assert_place(fault, body)


def assert_unique(pairs: list[tuple[str, object]]) -> None:
    assert len(pairs) == len({key for key, _ in pairs}), pairs


def as_told(value: object) -> object:
    """The document with keys as a response repeats them: shortened, without unpaired surrogates."""
    match value:
        case dict():
            return {legible(key): as_told(each) for key, each in value.items()}
        case list():
            return [as_told(each) for each in value]
    return value


def assert_place(fault: FieldError, body: object) -> None:
    """Every reported place exists, or is a missing field of an existing object."""
    assert isinstance(fault.pointer, str)
    root, *steps = fault.pointer.split("/")
    assert root == "#", fault
    for number, escaped in enumerate(steps, 1):
        step = escaped.replace("~1", "/").replace("~0", "~")
        match body:
            case dict() if step in body:
                body = body[step]
            case list() if int(step) < len(body):
                body = body[int(step)]
            case _:
                assert (fault.code, number) == ("missing", len(steps)), fault
