from datetime import UTC, datetime
from uuid import UUID

import pytest

from ece_domain.kernel import InvalidPage, PageRequest
from ece_domain.market.storage import PriceCursor

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
ID = UUID(int=5)


def test_a_first_page_has_no_position():
    assert PriceCursor.of(PageRequest()) is None


def test_takes_a_position_apart():
    position = PageRequest(after=(NOW.isoformat(), 12, str(ID)))
    assert PriceCursor.of(position) == PriceCursor(NOW, 12, ID)


@pytest.mark.parametrize("position", [(str(ID),), (NOW.isoformat(), "12", str(ID))])
def test_refuses_a_position_that_names_no_price(position):
    with pytest.raises(InvalidPage):
        PriceCursor.of(PageRequest(after=position))
