"""The SQL function ``ledger_settle``, called as the adapter never calls it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from ece_adapters.postgres.ledger import settle_arguments, settle_call
from ece_domain.ledger import Settlement, SettlementId
from tests.contract.ledger.stores import an_id, deposit, dollars
from tests.strategies.ledger import NOON


def a_deposit() -> dict[str, object]:
    settlement = Settlement(
        SettlementId(an_id("deposit")), "test.settle", (deposit(dollars("anna"), 5),)
    )
    return settle_arguments(settlement, settlement.plan(), NOON)


ARRAYS = [name for name, value in a_deposit().items() if isinstance(value, list)]


@pytest.fixture
async def connection(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


async def call(connection: asyncpg.Connection, arguments: dict[str, object]) -> None:
    await connection.execute(f"SELECT {settle_call(tuple(arguments))}", *arguments.values())


async def test_arguments_are_found_by_their_names_in_any_order(connection):
    arguments = a_deposit()

    await call(connection, dict(reversed(arguments.items())))

    amounts = await connection.fetch("SELECT amount FROM ledger_entry ORDER BY amount")
    assert [row["amount"] for row in amounts] == [-5, 5]


async def test_an_argument_of_an_unknown_name_is_refused(connection):
    with pytest.raises(asyncpg.UndefinedFunctionError):
        await call(connection, {**a_deposit(), "amuonts": []})


@pytest.mark.parametrize("name", ARRAYS)
async def test_arrays_of_different_lengths_are_refused(name, connection):
    arguments = a_deposit()
    values = arguments[name]
    assert isinstance(values, list)

    for other in (values * 2 or [None], None):
        with pytest.raises(asyncpg.RaiseError, match="differ in length"):
            await call(connection, {**arguments, name: other})

    assert await connection.fetchval("SELECT count(*) FROM ledger_settlement") == 0
