"""The SQL function ``ledger_settle``, with arguments that the adapter never sends."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from ece_adapters.postgres.engine.event_rows import event_arguments
from ece_adapters.postgres.ledger.ledger import settle_arguments, settle_call
from ece_adapters.storage.event_origin import UNKNOWN_ORIGIN
from ece_domain.ledger import Settlement, SettlementId
from ece_domain.ledger.storage import settlement_posted
from tests.contract.ledger.stores import a_user, an_id, deposit, dollars
from tests.strategies.ledger import NOON


def a_deposit() -> dict[str, object]:
    settlement = Settlement(
        SettlementId(an_id("deposit")), "test.settle", (deposit(dollars("anna"), 5),)
    )
    plan = settlement.plan()
    event = settlement_posted(settlement, plan, NOON)
    return {
        **settle_arguments(settlement, plan, NOON),
        **event_arguments(event, UNKNOWN_ORIGIN, an_id("event")),
    }


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


@pytest.mark.parametrize(
    ("amounts", "assets", "names"),
    [
        ([10**9], ["USD/2"], "1000000000 USD/2"),
        ([10**9, -(10**9) + 1], ["USD/2", "USD/2"], "1 USD/2"),
        ([5, -5], ["USD/2", "EUR/2"], "[-]?5 (USD|EUR)/2"),
    ],
)
async def test_a_settlement_that_does_not_sum_to_zero_per_asset_is_refused(
    amounts, assets, names, connection
):
    count = len(amounts)
    accounts = sorted(an_id("account", number) for number in range(count))
    arguments = {
        **a_deposit(),
        "accounts": accounts,
        "kinds": ["user"] + ["external"] * (count - 1),
        "owners": [str(an_id("anna")), *["external"] * (count - 1)],
        "assets": assets,
        "amounts": amounts,
        "helds": [0] * count,
    }

    with pytest.raises(asyncpg.CheckViolationError, match=names) as refusal:
        await call(connection, arguments)

    assert refusal.value.constraint_name == "ledger_settlement_sums_to_zero"
    assert await connection.fetchval("SELECT count(*) FROM ledger_entry") == 0


@pytest.mark.parametrize("place", [0, 1])
async def test_an_account_is_in_the_asset_that_it_was_opened_in(place, connection):
    arguments = a_deposit()
    await call(connection, arguments)
    accounts, amounts = arguments["accounts"], arguments["amounts"]
    assert isinstance(accounts, list)
    assert isinstance(amounts, list)
    other = an_id("another account")
    balanced = {
        "accounts": sorted([accounts[place], other]),
        "assets": ["EUR/2", "EUR/2"],
        "amounts": [1, -1] if accounts[place] < other else [-1, 1],
    }
    is_user = amounts[place] > 0
    kinds = ["user" if is_user else "external", "external"]
    owners = [str(a_user("anna")) if is_user else "external", "external"]
    turn = 1 if accounts[place] < other else -1

    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await call(
            connection,
            {
                **arguments,
                **balanced,
                "p_id": an_id("another"),
                "kinds": kinds[::turn],
                "owners": owners[::turn],
            },
        )

    assert refusal.value.constraint_name == "ledger_account_asset"
