"""Every field of a saved sale is loaded again."""

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings

from ece_adapters.system import new_id
from ece_domain.kernel import ConcurrentChange
from ece_domain.sales import SaleId, SaleNotFound, SaleOrigin
from tests.contract.market.stall import Stall
from tests.strategies.sales import sales

examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def new_origin(kind: str = "listing") -> SaleOrigin:
    return SaleOrigin(kind, new_id())


@examples
@given(sale=sales)
async def test_a_saved_sale_is_loaded_completely(stall: Stall, sale):
    sale = evolve(sale, id=SaleId(new_id()), origin=new_origin(sale.origin.kind))
    async with stall.database.begin() as transaction:
        transaction.sales.add(sale)
    async with stall.database.begin() as transaction:
        assert await transaction.sales.get(sale.id) == sale


async def test_a_sale_that_is_not_there_is_not_found(stall: Stall):
    async with stall.database.begin() as transaction:
        with pytest.raises(SaleNotFound):
            await transaction.sales.get(SaleId(new_id()))


@pytest.mark.parametrize("same", ["id", "origin"])
async def test_an_origin_has_at_most_one_sale(stall: Stall, same):
    listing, buyer = await stall.listing(await stall.someone()), await stall.someone(5_000)
    sale = (await stall.buy(listing, buyer)).value
    fresh = {"id": SaleId(new_id()), "origin": new_origin()}
    other = evolve(sale, **{**fresh, same: getattr(sale, same)})
    with pytest.raises(ConcurrentChange):
        async with stall.database.begin() as transaction:
            transaction.sales.add(other)


async def test_an_origin_is_named_by_kind_and_id(stall: Stall):
    listing, buyer = await stall.listing(await stall.someone()), await stall.someone(5_000)
    sale = (await stall.buy(listing, buyer)).value
    same_id = SaleOrigin("auction", sale.origin.id)
    async with stall.database.begin() as transaction:
        transaction.sales.add(evolve(sale, id=SaleId(new_id()), origin=same_id))
