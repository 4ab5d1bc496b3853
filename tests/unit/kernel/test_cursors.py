"""Every list parses its cursors in the same way: all values present, each of its type."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from ece_domain.kernel import (
    InvalidPage,
    PageRequest,
    cursor_of,
    cursor_values,
    id_in,
    integer_in,
    number_in,
    text_in,
    timestamp_in,
)

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
ID = UUID(int=5)


def test_a_first_page_has_no_values():
    assert cursor_values(PageRequest(), text_in, id_in) is None


def test_a_cursor_returns_its_position():
    values = (NOW, "Tide Wyrm", 12, 2**40, ID)
    page = PageRequest(after=cursor_of(*values))

    assert cursor_values(page, timestamp_in, text_in, integer_in, number_in, id_in) == values


@pytest.mark.parametrize("after", [(), ("a",), ("a", str(ID), 1)])
def test_a_cursor_of_another_length_is_refused(after):
    with pytest.raises(InvalidPage):
        cursor_values(PageRequest(after=after), text_in, id_in)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        (text_in, 1),
        (integer_in, "1"),
        (integer_in, True),
        (integer_in, 2**31),
        (integer_in, -(2**31)),
        (number_in, 2**63),
        (number_in, "1"),
        (timestamp_in, 1),
        (timestamp_in, "yesterday"),
        (timestamp_in, "2026-07-01T12:00:00"),
        (id_in, 1),
        (id_in, "no id"),
    ],
)
def test_a_value_of_another_kind_is_refused(part, value):
    with pytest.raises(InvalidPage):
        cursor_values(PageRequest(after=(value,)), part)
