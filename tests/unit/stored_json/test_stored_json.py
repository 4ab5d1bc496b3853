"""Stored JSON can be read after its type has changed."""

from uuid import UUID

import msgspec
import pytest
from attrs import frozen

from ece_adapters.storage import stored_json
from ece_adapters.storage.stored_json import Document, decode, decode_each, decode_version, encode
from ece_domain.cards import Minted
from tests.frozen.samples import sample

ID = UUID("0191f3a0-0000-7000-8000-000000000001")


@frozen
class MintedTomorrow:
    """``Minted`` with one more required field, and one that has another name."""

    printing_id: UUID
    owner_id: UUID
    first_serial: int
    count: int
    batch: str


def count_cards(document: Document) -> Document:
    count = document.pop("last_serial") - document["first_serial"] + 1
    return {**document, "count": count}


def name_batch(document: Document) -> Document:
    return {**document, "batch": "before batches had names"}


@pytest.mark.parametrize("value", [ID, "text", 7, None, True, sample(Minted)])
def test_a_value_is_read_as_it_was_stored(value):
    assert decode(encode(value, type(value)), type(value)) == value


def test_a_row_of_today_is_read_by_code_with_one_more_required_field(monkeypatch):
    stored = encode(sample(Minted), Minted)
    upgrades = {MintedTomorrow: (count_cards, name_batch)}
    monkeypatch.setattr(stored_json, "UPGRADES", upgrades)

    read = decode(stored, MintedTomorrow)
    assert (read.printing_id, read.count, read.batch) == (ID, 1, "before batches had names")
    assert decode(encode(read, MintedTomorrow), MintedTomorrow) == read


def test_only_the_upgrades_that_are_missing_are_run(monkeypatch):
    counted = (
        '{"v": 2, "value": {"printing_id": "%s", "owner_id": "%s", "first_serial": 1, "count": 9}}'
    )
    monkeypatch.setattr(stored_json, "UPGRADES", {MintedTomorrow: (count_cards, name_batch)})

    assert decode(counted % (ID, ID), MintedTomorrow).count == 9


def test_each_value_of_a_sequence_is_upgraded(monkeypatch):
    stored = encode([sample(Minted)] * 2, Minted)
    assert decode_each(stored, Minted) == (sample(Minted),) * 2

    monkeypatch.setattr(stored_json, "UPGRADES", {MintedTomorrow: (count_cards, name_batch)})
    assert [each.count for each in decode_each(stored, MintedTomorrow)] == [1, 1]


def test_without_its_upgrade_the_row_is_not_read():
    with pytest.raises(msgspec.ValidationError):
        decode(encode(sample(Minted), Minted), MintedTomorrow)


def test_a_version_may_be_in_another_column(monkeypatch):
    payload = msgspec.json.encode(sample(Minted)).decode()
    monkeypatch.setattr(stored_json, "UPGRADES", {MintedTomorrow: (count_cards, name_batch)})

    read = decode_version(payload, 1, MintedTomorrow)
    assert decode_version(msgspec.json.encode(read).decode(), 3, MintedTomorrow) == read
