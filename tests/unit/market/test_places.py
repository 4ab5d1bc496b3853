from datetime import UTC, datetime
from uuid import UUID

import pytest

from ece_domain.kernel import InvalidPage, PageRequest
from ece_domain.market import PricePlace, SalePlace

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
ID = UUID(int=5)


def test_a_first_page_comes_after_nothing():
    assert SalePlace.of(PageRequest()) is None
    assert PricePlace.of(PageRequest()) is None


def test_takes_positions_apart():
    sale = PageRequest(after=(NOW.isoformat(), str(ID)))
    price = PageRequest(after=(NOW.isoformat(), 12, str(ID)))
    assert SalePlace.of(sale) == SalePlace(NOW, ID)
    assert PricePlace.of(price) == PricePlace(NOW, 12, ID)


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
        SalePlace.of(PageRequest(after=position))


@pytest.mark.parametrize("position", [(str(ID),), (NOW.isoformat(), "12", str(ID))])
def test_refuses_a_position_that_names_no_price(position):
    with pytest.raises(InvalidPage):
        PricePlace.of(PageRequest(after=position))
