from datetime import UTC, datetime
from uuid import UUID

import pytest

from ece_domain.kernel import InvalidPage, PageRequest
from ece_domain.sales.storage import SaleCursor

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
ID = UUID(int=5)


def test_a_first_page_has_no_position():
    assert SaleCursor.of(PageRequest()) is None


def test_takes_a_position_apart():
    position = PageRequest(after=(NOW.isoformat(), str(ID)))
    assert SaleCursor.of(position) == SaleCursor(NOW, ID)


@pytest.mark.parametrize(
    "position",
    [
        ("yesterday", str(ID)),
        ("2026-07-01T12:00:00", str(ID)),
        (NOW.isoformat(), "no id"),
        (NOW.isoformat(), 12, str(ID)),
        (str(ID),),
    ],
)
def test_refuses_a_position_of_another_list(position):
    with pytest.raises(InvalidPage):
        SaleCursor.of(PageRequest(after=position))
